// One pass: fetch → verify → compile → plan → guard → apply → prune → health. A list of stages, each of which may end it.
import type { Deployment } from '../../apply/deployment.ts';
import type { ApplyPorts } from '../../apply/ports.ts';
import type { PlanOptions } from '../../plan/plan.ts';
import type { Origin, Revision } from '../sources/origin.ts';
import { applyRevision } from './apply-revision.ts';
import type { OnDiagnostics, RevisionCompiler } from './compile-revision.ts';
import { judgeRevision, refuseQuarantined } from './judge-revision.ts';
import type { Notes } from './notes.ts';
import type { Pass } from './pass.ts';
import { PassProgress } from './pass-progress.ts';
import { planRevision } from './plan-revision.ts';

export interface PassSettings {
  /** The owner of what is applied. */
  readonly name: string;
  readonly tenant: string;
  readonly prune: boolean;
  readonly onFailure: 'hold' | 'rollback';
  readonly healthPatienceMs: number;
  readonly minReadyMs: number;
  readonly drift: { readonly action: PlanOptions['drift']; readonly ignore: readonly string[] };
  /** What may be done that plans refuse otherwise. */
  readonly allow: Pick<PlanOptions, 'allowDataLoss' | 'takeOver' | 'allowMassDelete'>;
}

export interface PassParts {
  readonly origin: Origin;
  readonly compile: RevisionCompiler;
  readonly deployment: Deployment;
  /** What workers say about flows that did not change. */
  readonly askWorkers: ApplyPorts['askWorkers'];
  readonly now: () => number;
  readonly onDiagnostics?: OnDiagnostics;
  readonly onChange?: (text: string) => void;
  /** Resolves when the signal aborts, or with true as soon as the source has another revision. */
  readonly superseded?: (revision: Revision, signal: AbortSignal) => Promise<boolean>;
  /** Something is going to be applied. */
  readonly onStart?: (revision: Revision) => Promise<void>;
}

export interface PassResult {
  readonly pass: Pass;
  readonly notes: Notes;
}

/** What every stage of a pass works with. */
export interface PassContext {
  readonly settings: PassSettings;
  readonly parts: PassParts;
  readonly progress: PassProgress;
  readonly signal: AbortSignal;
}

/** Answers what it came to, and what to remember. Throws only when the signal aborts. */
export async function reconcilePass(
  settings: PassSettings,
  parts: PassParts,
  notes: Notes,
  signal: AbortSignal,
): Promise<PassResult> {
  const progress = new PassProgress(notes);
  try {
    await runStages({ settings, parts, progress, signal });
  } catch (error) {
    signal.throwIfAborted();
    progress.fail(error);
  }
  return { pass: progress.pass, notes: progress.notes };
}

async function runStages(context: PassContext): Promise<void> {
  const { parts, progress, signal } = context;
  const revision = await fetchRevision(context);
  await verifyRevision(revision, context);
  await refuseQuarantined(revision, context);
  progress.enter('compile');
  const flows = await parts.compile(revision, signal);
  const plan = await planRevision(revision, flows, context);
  const health = await applyRevision(revision, plan, context);
  await judgeRevision(revision, health, context);
}

async function fetchRevision({ parts: { origin }, progress, signal }: PassContext): Promise<Revision> {
  const revision = await origin.fetch(progress.notes.accepted, signal);
  progress.found({ revision });
  return revision;
}

async function verifyRevision(
  revision: Revision,
  { parts: { origin }, progress, signal }: PassContext,
): Promise<void> {
  progress.enter('verify');
  const signers = await origin.verify(revision, progress.notes.accepted, signal);
  progress.found({ signers: signers?.map(({ name }) => name) ?? 'unasked' });
  progress.remember({ accepted: revision.id });
}
