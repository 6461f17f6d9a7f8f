// Carries a plan out for a person: asks before anything is deleted, tells how it gets on, and what came of it.
import type { ApplyOptions, Deployment } from '../../engine/apply/deployment.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import { confirm } from './confirm.ts';
import { ExitWith, exitCode } from './exit-code.ts';
import { narrate, paint } from './narrate.ts';
import { narrateHealth, refused, throwUnlessApplied } from './outcome.ts';
import { narrateProgress } from './progress.ts';

export interface CarryOutOptions {
  readonly yes?: boolean;
  readonly message?: string;
  /** Milliseconds; {@link ApplyOptions.minReadyMs}. */
  readonly minReady: number;
}

/** Shows what would be lost and asks first. */
export async function carryOut(
  plan: Plan,
  deployment: Deployment,
  { yes = false, message = '', minReady }: CarryOutOptions,
): Promise<void> {
  if (plan.refusals.length > 0) throw refused(plan.refusals);
  if (plan.changes.some(({ actions }) => actions.includes('delete')) && !yes) {
    const { showPlan } = await import('../cli/show-plan.ts');
    await showPlan(plan, 'human');
    if (!(await confirm('Delete and replace as shown?'))) throw new ExitWith(exitCode.refused);
  }
  const by = process.env.USER ?? plan.desired.owner;
  const options = { onProgress: narrateProgress, message, by, minReadyMs: minReady };
  const { changes, health } = throwUnlessApplied(await deployment.apply(plan, options));
  narrateHealth(health);
  const count = `${plan.desired.flows.length} flow${plan.desired.flows.length === 1 ? '' : 's'}`;
  narrate(
    `${paint('green', '✓')} ${count}, ${changes.length === 0 ? 'nothing to change' : `${changes.length} changes`}`,
  );
}
