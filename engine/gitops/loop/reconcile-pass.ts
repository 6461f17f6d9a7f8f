// One pass: fetch → verify → compile → plan → guard → apply → prune → health. A list of stages, each of which may end it.
import type { ApplyOutcome, Deployment, Health } from '../../apply/deployment.ts';
import type { ApplyPorts } from '../../apply/ports.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import type { Drift, Plan, PlanOptions, Refusal } from '../../plan/plan.ts';
import type { Origin, Revision } from '../sources/origin.ts';
import { type OnDiagnostics, type RevisionCompiler, refuseMistakes } from './compile-revision.ts';
import { comesBack, remember } from './drift-memory.ts';
import { type Notes, quarantined, withQuarantined } from './notes.ts';
import type { Pass, Problem, Stage } from './pass.ts';

/** How long to wait for answers of workers. */
const askMs = 1_000;

export interface PassSettings {
  /** The owner of what is applied. */
  readonly name: string;
  readonly tenant: string;
  readonly prune: boolean;
  readonly onFailure: 'hold' | 'rollback';
  readonly healthPatienceMs: number;
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
  /** Something is going to be applied. */
  readonly onStart?: (revision: Revision) => Promise<void>;
}

export interface PassResult {
  readonly pass: Pass;
  readonly notes: Notes;
}

/** Answers what it came to, and what to remember. Throws only when the signal aborts. */
export async function reconcilePass(
  settings: PassSettings,
  parts: PassParts,
  notes: Notes,
  signal: AbortSignal,
): Promise<PassResult> {
  const work = new PassWork(settings, parts, notes, signal);
  try {
    await work.run();
  } catch (error) {
    signal.throwIfAborted();
    work.fail(error);
  }
  return { pass: work.pass, notes: work.notes };
}

type Applied = Extract<ApplyOutcome, { readonly kind: 'applied' }>;

/** Ends the pass where it is. */
class Stop extends Error {}

class PassWork {
  pass: Pass = { outcome: 'requeue', corrected: [], givenUp: [] };
  notes: Notes;
  readonly #settings: PassSettings;
  readonly #parts: PassParts;
  readonly #signal: AbortSignal;
  #stage: Stage = 'fetch';

  constructor(settings: PassSettings, parts: PassParts, notes: Notes, signal: AbortSignal) {
    this.#settings = settings;
    this.#parts = parts;
    this.#signal = signal;
    this.notes = notes;
  }

  async run(): Promise<void> {
    const revision = await this.#fetch();
    await this.#verify(revision);
    await this.#refuseQuarantined(revision);
    const flows = await this.#compile(revision);
    const plan = await this.#plan(revision, flows);
    const health = await this.#apply(revision, plan);
    await this.#judge(revision, health);
  }

  /** An error of ours says itself whether it may pass; any other is our own bug and may pass as well. */
  fail(error: unknown): void {
    if (error instanceof Stop) return;
    const { message } = error as Error;
    const known =
      error instanceof VrskyError ? error : new VrskyError('VRS9001', message, { retryable: true });
    this.#record(known.retryable ? 'retry' : 'terminal', known.code, messageOf(known), known.help);
  }

  async #fetch(): Promise<Revision> {
    const revision = await this.#parts.origin.fetch(this.notes.accepted, this.#signal);
    this.pass = { ...this.pass, revision };
    return revision;
  }

  async #verify(revision: Revision): Promise<void> {
    this.#stage = 'verify';
    const signers = await this.#parts.origin.verify(revision, this.notes.accepted, this.#signal);
    this.pass = { ...this.pass, signers: signers?.map(({ name }) => name) ?? 'unasked' };
    this.notes = { ...this.notes, accepted: revision.id };
  }

  async #refuseQuarantined(revision: Revision): Promise<void> {
    const found = quarantined(this.notes, revision.id);
    if (found === undefined) return;
    this.#stage = 'health';
    // The way back may have failed when it was given up.
    if (this.notes.revision === found.label) await this.#rollBack();
    throw new VrskyError('VRS7021', `${found.label} is not tried again: ${found.reason}`, {
      help: `Push a commit that mends it; or \`vrsky suspend source/${this.#settings.name}\` and \`vrsky resume source/${this.#settings.name}\`.`,
    });
  }

  async #compile(revision: Revision): Promise<readonly FlowGraph[]> {
    this.#stage = 'compile';
    return this.#parts.compile(revision, this.#signal);
  }

  async #plan(revision: Revision, flows: readonly FlowGraph[]): Promise<Plan> {
    this.#stage = 'plan';
    if (this.notes.driftRevision !== revision.id)
      this.notes = { ...this.notes, drift: {}, driftRevision: revision.id };
    const { drift } = this.#settings;
    const first = await this.#planWith(revision, flows, drift.ignore);
    const again = first.drift
      .filter(({ corrected }) => corrected)
      .flatMap(keysOf)
      .filter((key) => comesBack(this.notes.drift, key, this.#parts.now()));
    const plan =
      again.length === 0 ? first : await this.#planWith(revision, flows, [...drift.ignore, ...again]);
    const left = first.drift.filter(({ corrected }) => !corrected).flatMap(keysOf);
    this.pass = { ...this.pass, drift: [...left, ...again], givenUp: again };
    if (plan.refusals.length > 0) throw refused(plan.refusals);
    return plan;
  }

  async #planWith(revision: Revision, flows: readonly FlowGraph[], ignore: readonly string[]): Promise<Plan> {
    const { name: owner, tenant, prune, drift, allow } = this.#settings;
    const options = { prune, drift: drift.action, ignore, ...allow };
    const { value, diagnostics } = await this.#parts.deployment.plan({
      flows,
      tenant,
      owner,
      revision: revision.label,
      options,
    });
    refuseMistakes(revision, diagnostics, new Map(), this.#parts.onDiagnostics);
    if (value === undefined) throw new VrskyError('VRS9001', 'a plan came to nothing');
    return value;
  }

  /** Nothing to change and nothing left to drain: only the workers are asked. */
  async #apply(revision: Revision, plan: Plan): Promise<Health> {
    this.#stage = 'apply';
    const isChange = plan.changes.length > 0;
    if (isChange) await this.#parts.onStart?.(revision);
    const outcome = isChange || this.notes.draining ? await this.#carryOut(revision, plan) : undefined;
    const corrected = plan.drift.filter((one) => one.corrected).flatMap(keysOf);
    this.notes = {
      ...this.notes,
      revision: revision.label,
      draining: outcome !== undefined && outcome.health.draining.length > 0,
      drift: remember(this.notes.drift, corrected, this.#parts.now()),
    };
    this.pass = { ...this.pass, changes: outcome?.changes.length ?? 0, corrected };
    if (isChange && outcome !== undefined) return outcome.health;
    const names = new Set(plan.desired.flows.map(({ name }) => name));
    const { answers } = await this.#parts.askWorkers([...names], askMs, () => false);
    const stalled = answers.flatMap((answer) => answer.stalled).filter(({ flow }) => names.has(flow));
    return { workers: answers.length, stalled, behind: [], draining: [] };
  }

  async #carryOut(revision: Revision, plan: Plan): Promise<Applied> {
    const outcome = await this.#parts.deployment.apply(plan, {
      signal: this.#signal,
      healthPatienceMs: this.#settings.healthPatienceMs,
      by: 'reconcile',
      message: revision.label,
      onProgress: (progress) => {
        if (progress.kind === 'done')
          this.#parts.onChange?.(`${progress.change.actions.join('+')} ${nameOf(progress.change.object)}`);
      },
    });
    this.#signal.throwIfAborted();
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

  async #judge(revision: Revision, found: Health): Promise<void> {
    this.#stage = 'health';
    const health = healthOf(found);
    this.pass = { ...this.pass, health };
    if (health === 'no-workers') return;
    if (health === 'healthy') {
      this.notes = { ...this.notes, healthy: revision.id };
      return;
    }
    // What ran already fails for a reason of its own: the revision is not to blame, and the one before would not help.
    if (this.notes.healthy === revision.id) this.#end('retry', 'VRS7023', health.unhealthy);
    if (this.#settings.onFailure === 'rollback') await this.#giveUp(revision, health.unhealthy);
    this.#end(
      'terminal',
      'VRS7023',
      health.unhealthy,
      'Push a commit that mends it, or give the workers what they lack.',
    );
  }

  async #giveUp(revision: Revision, reason: string): Promise<never> {
    const at = new Date(this.#parts.now()).toISOString();
    this.notes = withQuarantined(this.notes, { id: revision.id, label: revision.label, reason, at });
    await this.#rollBack();
    return this.#end(
      'terminal',
      'VRS7023',
      reason,
      'Push a commit that mends it; this revision is not tried again.',
    );
  }

  /** Without a healthy revision to go back to, the failed one stays. */
  async #rollBack(): Promise<void> {
    const { deployment } = this.#parts;
    const { name } = this.#settings;
    const plan = await deployment.planRollback(name).catch((error: unknown) => {
      if ((error as { readonly code?: string }).code === 'VRS6009') return undefined;
      throw error;
    });
    if (plan === undefined) return;
    const outcome = await deployment.apply(plan, {
      signal: this.#signal,
      healthPatienceMs: this.#settings.healthPatienceMs,
      by: 'reconcile',
      message: `rolled back to ${plan.desired.revision}`,
    });
    if (outcome.kind !== 'applied') return;
    this.notes = { ...this.notes, revision: plan.desired.revision };
    this.pass = { ...this.pass, rolledBackTo: plan.desired.revision };
  }

  #end(outcome: Pass['outcome'], code: string, message: string, help?: string): never {
    this.#record(outcome, code, message, help);
    throw new Stop();
  }

  #record(outcome: Pass['outcome'], code: string, message: string, help?: string): void {
    const problem: Problem = { stage: this.#stage, code, message, ...(help === undefined ? {} : { help }) };
    this.pass = { ...this.pass, outcome, problem };
  }
}

/** A plan that went stale between planning and applying is made anew. */
function refused(refusals: readonly Refusal[]): VrskyError {
  const stale = refusals.every(({ code }) => code === 'VRS6006');
  const texts = refusals.slice(0, 3).map(({ code, message }) => `${code} ${message}`);
  const help = refusals[0]?.help;
  return new VrskyError('VRS7024', texts.join('; '), {
    retryable: stale,
    ...(help === undefined ? {} : { help }),
  });
}

function messageOf(error: VrskyError): string {
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message} (${error.cause.message})`
    : error.message;
}

/** What a difference is called in `ignore`. */
function keysOf({ object, kind, fields }: Drift): readonly string[] {
  const name = `${object.kind}/${object.name}`;
  return fields.length === 0 ? [`${name}:${kind}`] : fields.map(({ path }) => `${name}:${path}`);
}

function nameOf({ kind, name }: Drift['object']): string {
  return `${kind}/${name}`;
}

function healthOf({ workers, stalled, behind }: Health): NonNullable<Pass['health']> {
  const reasons = [
    ...stalled.map(({ flow, reason }) => `${flow} cannot start: ${reason}`),
    ...behind.map((flow) => `${flow} still runs in another version`),
  ];
  if (reasons.length > 0) return { unhealthy: reasons.join('; ') };
  return workers === 0 ? 'no-workers' : 'healthy';
}
