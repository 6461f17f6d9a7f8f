// Applies the plan of a revision, if there is something to do, and finds out how its flows are.
import type { ApplyOutcome, Health } from '../../apply/deployment.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { Change, Plan } from '../../plan/plan.ts';
import type { Revision } from '../sources/origin.ts';
import { remember } from './drift-memory.ts';
import { keysOf, refused } from './plan-revision.ts';
import type { PassContext } from './reconcile-pass.ts';

/** How long to wait for answers of workers. */
const askMs = 1_000;

type Unwell = Health['failing'][number];
type Applied = Extract<ApplyOutcome, { readonly kind: 'applied' }>;

/** Nothing to change and nothing left to drain: only the workers are asked. */
export async function applyRevision(revision: Revision, plan: Plan, context: PassContext): Promise<Health> {
  const { progress, parts } = context;
  progress.enter('apply');
  const isChange = plan.changes.length > 0;
  if (isChange) await parts.onStart?.(revision);
  const outcome =
    isChange || progress.notes.draining ? await carryOut(plan, revision.label, context) : undefined;
  const corrected = plan.drift.filter((one) => one.corrected).flatMap(keysOf);
  progress.remember({
    revision: revision.label,
    draining: outcome !== undefined && outcome.health.draining.length > 0,
    drift: remember(progress.notes.drift, corrected, parts.now()),
  });
  progress.found({ changes: outcome?.changes.length ?? 0, corrected });
  if (isChange && outcome !== undefined) return outcome.health;
  return askHealth(plan, context);
}

async function askHealth({ desired }: Plan, { parts: { askWorkers } }: PassContext): Promise<Health> {
  const names = new Set(desired.flows.map(({ name }) => name));
  const { answers } = await askWorkers([...names], askMs, () => false);
  const ours = (found: readonly Unwell[]) => found.filter(({ flow }) => names.has(flow));
  const stalled = ours(answers.flatMap((answer) => answer.stalled));
  const failing = ours(answers.flatMap((answer) => answer.failing));
  return { workers: answers.length, stalled, failing, behind: [], draining: [] };
}

async function carryOut(
  plan: Plan,
  message: string,
  { settings, parts: { deployment, onChange }, signal }: PassContext,
): Promise<Applied> {
  const outcome = await deployment.apply(plan, {
    signal,
    healthPatienceMs: settings.healthPatienceMs,
    minReadyMs: settings.minReadyMs,
    by: 'reconcile',
    message,
    onProgress: (step) => {
      if (step.kind === 'done') onChange?.(lineOf(step.change));
    },
  });
  signal.throwIfAborted();
  switch (outcome.kind) {
    case 'applied':
      return outcome;
    case 'failed':
      throw new VrskyError(outcome.code, outcome.message, {
        retryable: outcome.retryable,
        cause: outcome.cause,
      });
    case 'refused':
      throw refused(outcome.refusals);
  }
}

function lineOf({ actions, object }: Change): string {
  return `${actions.join('+')} ${object.kind}/${object.name}`;
}
