// Composes planning, applying, history and suspension on the ports of one account.
import { digestOf } from '../compile/canonical-json.ts';
import { compileFlows } from '../compile/compile.ts';
import type { Placements } from '../compile/placement.ts';
import { requireTenant } from '../compile/tenant.ts';
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { type Desired, defaultPlanOptions, type Locate, type Plan, type PlanOptions } from '../plan/plan.ts';
import { planProgram } from '../plan/plan-program.ts';
import type { ClusterState } from '../plan/state.ts';
import type { Deployment, PlanRequest, Revision } from './deployment.ts';
import { locatorOf } from './manifest-places.ts';
import { sourceNotes } from './notes.ts';
import { openIfThere } from './open-bucket.ts';
import type { ApplyPorts } from './ports.ts';
import { readState, withWaiting } from './read-state.ts';
import { renamesBack } from './renames.ts';
import { readContents, readRevisions } from './revisions.ts';
import { resume, suspend, suspended } from './suspensions.ts';

export function openDeployment(ports: ApplyPorts): Deployment {
  return {
    plan: (request) => planFlows(request, ports),
    planDestroy: (flow, options) => planDestroy(flow, options ?? {}, ports),
    planRollback: (owner, to, options) => planRollback(owner, to, options ?? {}, ports),
    // Loaded when something is applied: a plan alone starts without it.
    apply: async (plan, options) => (await import('./apply-plan.ts')).applyPlan(plan, ports, options ?? {}),
    history: async (owner) => {
      const revisions = await allRevisions(ports);
      return owner === undefined ? revisions : revisions.filter((revision) => revision.owner === owner);
    },
    suspend: (target, note) => suspend(target, note, ports),
    resume: (target) => resume(target, ports),
    suspended: (target) => suspended(target, ports),
    notes: sourceNotes(ports),
  };
}

async function planFlows(request: PlanRequest, ports: ApplyPorts): ReturnType<Deployment['plan']> {
  const { flows, tenant, owner } = request;
  requireTenant(flows, tenant);
  const state = await readState(ports);
  const { value: compiled, diagnostics } = compileFlows(flows, { placements: placementsOf(state, flows) });
  if (compiled === undefined) return { diagnostics };
  const desired: Desired = {
    owner,
    revision: request.revision ?? digestOf(compiled.map(({ digest }) => digest)),
    flows: compiled,
    renames: Object.fromEntries(
      flows.flatMap(({ name, renamedFrom }) => (renamedFrom === undefined ? [] : [[name, renamedFrom]])),
    ),
  };
  const options = request.options ?? {};
  return { value: await planDesired(desired, state, options, ports, locatorOf(flows)), diagnostics };
}

async function planDesired(
  desired: Desired,
  state: ClusterState,
  options: Partial<PlanOptions>,
  ports: ApplyPorts,
  locate?: Locate,
): Promise<Plan> {
  const all = { ...defaultPlanOptions, ...options };
  const counted = await withWaiting(state, { desired, options: all }, ports);
  return planProgram(desired, counted, all, locate).plan;
}

/** A renamed flow stays in its stream. */
function placementsOf(state: ClusterState, flows: readonly FlowGraph[]): Placements {
  const known = [...state.records].flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value.flow.stream] as const],
  );
  const placements = new Map(known);
  for (const { name, renamedFrom } of flows) {
    const stream = renamedFrom === undefined ? undefined : placements.get(renamedFrom);
    if (stream !== undefined && !placements.has(name)) placements.set(name, stream);
  }
  return Object.fromEntries(placements);
}

async function planDestroy(flow: string, options: Partial<PlanOptions>, ports: ApplyPorts): Promise<Plan> {
  const state = await readState(ports);
  const entry = state.inventory.flows.get(flow)?.value;
  if (entry === undefined && !state.records.has(flow)) {
    const known = [...state.records.keys()].sort().join(', ');
    throw new VrskyError('VRS8404', `no flow ${flow} is applied`, {
      help: known === '' ? 'Nothing is applied.' : `There are: ${known}`,
    });
  }
  const owner = entry?.owner ?? 'cli';
  const desired: Desired = { owner, revision: `without ${flow}`, flows: [], renames: {} };
  return planDesired(desired, state, { ...options, destroy: [flow] }, ports);
}

async function planRollback(
  owner: string,
  to: number | undefined,
  options: Partial<PlanOptions>,
  ports: ApplyPorts,
): Promise<Plan> {
  const history = await openIfThere(buckets.history, ports);
  const revisions = (await allRevisions(ports)).filter((revision) => revision.owner === owner);
  const older = revisions.toSorted((a, b) => b.number - a.number).slice(1);
  const target =
    to === undefined ? older.find(({ healthy }) => healthy) : revisions.find(({ number }) => number === to);
  const flows =
    target === undefined || history === undefined ? undefined : await readContents(history, target);
  if (target === undefined || flows === undefined) {
    const wanted = to === undefined ? 'no healthy revision before the newest' : `no revision ${to}`;
    const known = revisions.map(({ number }) => number).join(', ');
    throw new VrskyError('VRS6009', `${owner} has ${wanted} to go back to`, {
      help: known === '' ? `Nothing was applied by ${owner} yet.` : `There are: ${known} (vrsky history)`,
    });
  }
  const later = revisions
    .filter(({ number }) => number > target.number)
    .toSorted((a, b) => a.number - b.number);
  const desired: Desired = {
    owner,
    revision: target.revision,
    flows,
    renames: renamesBack(target, later),
  };
  return planDesired(desired, await readState(ports), { prune: true, ...options }, ports);
}

async function allRevisions(ports: ApplyPorts): Promise<readonly Revision[]> {
  const history = await openIfThere(buckets.history, ports);
  return history === undefined ? [] : readRevisions(history);
}
