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
export async function applyRevision(
  revision: Revision,
  plan: Plan,
  context: PassContext,
): Promise<Health | 'superseded'> {
  const { progress, parts } = context;
  progress.enter('apply');
  const isChange = plan.changes.length > 0;
  if (isChange) await parts.onStart?.(revision);
  const outcome = isChange || progress.notes.draining ? await carryOut(plan, revision, context) : undefined;
  const corrected = plan.drift.filter((one) => one.corrected).flatMap(keysOf);
  progress.remember({
    revision: revision.label,
    draining: outcome !== undefined && outcome.health.draining.length > 0,
    drift: remember(progress.notes.drift, corrected, parts.now()),
  });
  progress.found({ changes: outcome?.changes.length ?? 0, corrected });
  if (outcome?.superseded === true) return 'superseded';
  if (!isChange || outcome === undefined) return askHealth(plan, context);
  const { health } = outcome;
  return health.workers === 0 ? health : together(health, await askHealth(plan, context, health.workers));
}

/** What the flows come to that changed, and what those do that did not: a revision before may have been superseded before it was known. */
function together(changed: Health, all: Health): Health {
  const known = new Set([...changed.stalled, ...changed.failing].map(({ flow }) => flow));
  const others = (found: readonly Unwell[]) => found.filter(({ flow }) => !known.has(flow));
  return {
    ...changed,
    stalled: [...changed.stalled, ...others(all.stalled)],
    failing: [...changed.failing, ...others(all.failing)],
  };
}

/** Until so many workers have answered, if that is known. */
async function askHealth(
  { desired }: Plan,
  { parts: { askWorkers } }: PassContext,
  workers = Number.POSITIVE_INFINITY,
): Promise<Health> {
  const names = new Set(desired.flows.map(({ name }) => name));
  const { answers } = await askWorkers([...names], askMs, (heard) => heard.size >= workers);
  const ours = (found: readonly Unwell[]) => found.filter(({ flow }) => names.has(flow));
  const stalled = ours(answers.flatMap((answer) => answer.stalled));
  const failing = ours(answers.flatMap((answer) => answer.failing));
  return { workers: answers.length, stalled, failing, behind: [], draining: [] };
}

async function carryOut(plan: Plan, revision: Revision, context: PassContext): Promise<Applied> {
  const over = new AbortController();
  const superseded = new AbortController();
  const watching = context.parts
    .superseded?.(revision, AbortSignal.any([context.signal, over.signal]))
    .then((isSuperseded) => isSuperseded && superseded.abort());
  try {
    return await applied(plan, revision.label, superseded.signal, context);
  } finally {
    over.abort();
    await watching;
  }
}

async function applied(
  plan: Plan,
  message: string,
  superseded: AbortSignal,
  { settings, parts: { deployment, onChange }, signal }: PassContext,
): Promise<Applied> {
  const outcome = await deployment.apply(plan, {
    signal,
    superseded,
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
