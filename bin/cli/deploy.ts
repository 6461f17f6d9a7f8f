// Plans and applies flows in one go, for the verbs that do not show a plan first.
import type { ApplyOutcome, Deployment, Progress } from '../../engine/apply/deployment.ts';
import type { FlowGraph } from '../../engine/flow/graph.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import type { Plan, PlanOptions } from '../../engine/plan/plan.ts';
import { ExitWith, exitCode } from './exit-code.ts';
import { showDiagnostics } from './manifests.ts';
import { throwUnlessApplied } from './outcome.ts';

/** Who owns what is applied by hand. */
export const manualOwner = 'cli';

export async function openDeployment(connected: Connected): Promise<Deployment> {
  const { openDeployment: open } = await import('../../engine/apply/open-deployment.ts');
  const { applyPorts } = await import('../../engine/nats/apply-ports.ts');
  return open(applyPorts(connected));
}

export interface PlanFlowsOptions {
  readonly tenant: string;
  readonly owner: string;
  readonly plan?: Partial<PlanOptions>;
}

/** Ends with exit code 3 when the flows do not compile, after saying why. */
export async function planFlows(
  flows: readonly FlowGraph[],
  { tenant, owner, plan = {} }: PlanFlowsOptions,
  deployment: Deployment,
): Promise<Plan> {
  const { value, diagnostics } = await deployment.plan({ flows, tenant, owner, options: plan });
  await showDiagnostics(diagnostics, { format: 'human' }, process.stderr);
  if (value === undefined) throw new ExitWith(exitCode.manifestsInvalid);
  return value;
}

/** Throws what the outcome says when it is not `applied`. */
export async function deploy(
  flows: readonly FlowGraph[],
  options: PlanFlowsOptions,
  connected: Connected,
  onProgress: (progress: Progress) => void,
): Promise<Extract<ApplyOutcome, { kind: 'applied' }>> {
  const deployment = await openDeployment(connected);
  const plan = await planFlows(flows, options, deployment);
  return throwUnlessApplied(await deployment.apply(plan, { onProgress }));
}
