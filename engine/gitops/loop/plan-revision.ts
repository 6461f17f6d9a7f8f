// Plans a revision, and leaves drift alone that came back after every correction.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import type { Drift, Plan, Refusal } from '../../plan/plan.ts';
import type { Revision } from '../sources/origin.ts';
import { refuseMistakes } from './compile-revision.ts';
import { comesBack } from './drift-memory.ts';
import type { PassContext } from './reconcile-pass.ts';

/** Throws VRS7024 for a plan that must not be applied. */
export async function planRevision(
  revision: Revision,
  flows: readonly FlowGraph[],
  context: PassContext,
): Promise<Plan> {
  const { progress, settings, parts } = context;
  progress.enter('plan');
  // Who pushes a commit wants what it says.
  if (progress.notes.driftRevision !== revision.id)
    progress.remember({ drift: {}, driftRevision: revision.id });
  const { ignore } = settings.drift;
  const first = await planIgnoring(ignore, revision, flows, context);
  const again = first.drift
    .filter(({ corrected }) => corrected)
    .flatMap(keysOf)
    .filter((key) => comesBack(progress.notes.drift, key, parts.now()));
  const plan =
    again.length === 0 ? first : await planIgnoring([...ignore, ...again], revision, flows, context);
  const left = first.drift.filter(({ corrected }) => !corrected).flatMap(keysOf);
  progress.found({ drift: [...left, ...again], givenUp: again });
  if (plan.refusals.length > 0) throw refused(plan.refusals);
  return plan;
}

async function planIgnoring(
  ignore: readonly string[],
  revision: Revision,
  flows: readonly FlowGraph[],
  { settings, parts: { deployment, onDiagnostics } }: PassContext,
): Promise<Plan> {
  const { name: owner, tenant, prune, drift, allow } = settings;
  const options = { prune, drift: drift.action, ignore, ...allow };
  const request = { flows, tenant, owner, revision: revision.label, options };
  const { value, diagnostics } = await deployment.plan(request);
  refuseMistakes(revision, diagnostics, new Map(), onDiagnostics);
  if (value === undefined) throw new VrskyError('VRS9001', 'a plan came to nothing');
  return value;
}

/** A plan that went stale between planning and applying is made anew. */
export function refused(refusals: readonly Refusal[]): VrskyError {
  const stale = refusals.every(({ code }) => code === 'VRS6006');
  const texts = refusals.slice(0, 3).map(({ code, message }) => `${code} ${message}`);
  const help = refusals[0]?.help;
  return new VrskyError('VRS7024', texts.join('; '), {
    retryable: stale,
    ...(help === undefined ? {} : { help }),
  });
}

/** What a difference is called in `ignore`. */
export function keysOf({ object, kind, fields }: Drift): readonly string[] {
  const name = `${object.kind}/${object.name}`;
  return fields.length === 0 ? [`${name}:${kind}`] : fields.map(({ path }) => `${name}:${path}`);
}
