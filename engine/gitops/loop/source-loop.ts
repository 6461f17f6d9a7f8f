// Runs one source: one replica at a time, pass after pass, told by the clock or by a nudge; writes what it found in one place.
import type { Deployment } from '../../apply/deployment.ts';
import type { SchemaSet } from '../../manifest/schema-set.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Lease } from '../../runtime/ports.ts';
import type { Revision } from '../sources/origin.ts';
import { type RevisionCompiler, revisionCompiler } from './compile-revision.ts';
import { type Finding, type Transition, transitions, withFindings } from './condition.ts';
import { findingsOf, startingFindings } from './describe-pass.ts';
import { isSuspended, type Notes, released } from './notes.ts';
import { NotesRecord } from './notes-record.ts';
import type { Pass } from './pass.ts';
import { type PassParts, type PassSettings, reconcilePass } from './reconcile-pass.ts';
import { nextDelayMs } from './schedule.ts';

export interface LoopSettings extends PassSettings {
  readonly intervalMs: number;
  readonly environment?: string;
}

/** Something that happened to a source: a condition that changed, or a pass that changed the cluster. */
export type SourceEvent =
  | {
      readonly kind: 'transition';
      readonly transition: Transition;
      readonly revision?: Revision;
      readonly help?: string;
    }
  | { readonly kind: 'applied'; readonly changes: number; readonly revision: Revision }
  | { readonly kind: 'corrected'; readonly what: readonly string[]; readonly revision: Revision }
  | { readonly kind: 'trouble'; readonly message: string };

export interface LoopParts extends Omit<PassParts, 'now' | 'onStart' | 'compile' | 'superseded'> {
  readonly deployment: Deployment;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schemas?: SchemaSet;
  /** Resolves once this replica is the one that runs the source. */
  readonly lease: (name: string, ttlMs: number, signal: AbortSignal) => Promise<Lease>;
  readonly onEvent: (event: SourceEvent) => void;
  /** Every pass, with the time until the next. */
  readonly onPass?: (pass: Pass, delayMs: number) => void;
}

const leaseMs = 15_000;

export class SourceLoop {
  readonly #settings: LoopSettings;
  readonly #parts: LoopParts;
  readonly #compile: RevisionCompiler;
  #nudged = new AbortController();

  constructor(settings: LoopSettings, parts: LoopParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#compile = revisionCompiler(parts, settings.environment);
  }

  /** Look at once; while a pass is under way, right after it. */
  nudge(): void {
    this.#nudged.abort();
  }

  /** Until the signal aborts. A replica that loses its lease stops at once and waits for the next. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const lease = await this.#lease(signal);
      if (lease === undefined) continue;
      try {
        await this.#lead(AbortSignal.any([signal, lease.lost]));
      } finally {
        await lease.release();
      }
    }
  }

  /** A single pass, when this replica may. */
  async once(signal: AbortSignal): Promise<Pass> {
    const lease = await this.#parts.lease(this.#leaseName, leaseMs, signal);
    try {
      return await this.#pass(AbortSignal.any([signal, lease.lost]));
    } finally {
      await lease.release();
    }
  }

  get #leaseName(): string {
    return `reconcile.${this.#settings.name}`;
  }

  async #lease(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#parts.lease(this.#leaseName, leaseMs, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#trouble(error);
      await this.#parts.clock.wait(leaseMs, signal);
      return undefined;
    }
  }

  async #lead(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      this.#nudged = new AbortController();
      const pass = await this.#attempt(signal);
      if (signal.aborted) return;
      const { outcome } = pass;
      const delayMs = nextDelayMs(outcome, failures, this.#settings.intervalMs, this.#parts.random());
      failures = outcome === 'retry' ? failures + 1 : 0;
      this.#parts.onPass?.(pass, delayMs);
      await this.#parts.clock.wait(delayMs, AbortSignal.any([signal, this.#nudged.signal]));
    }
  }

  /** A cluster that does not answer is nothing that could be written down there. */
  async #attempt(signal: AbortSignal): Promise<Pass> {
    try {
      return await this.#pass(signal, (revision, over) => this.#superseded(revision, over));
    } catch (error) {
      if (!signal.aborted) this.#trouble(error);
      return { outcome: 'retry', corrected: [], givenUp: [] };
    }
  }

  /** Looks at the source when it is nudged, and after each interval. What it finds there is for the next pass to say. */
  async #superseded(revision: Revision, signal: AbortSignal): Promise<boolean> {
    const { clock, origin } = this.#parts;
    for (;;) {
      await clock.wait(this.#settings.intervalMs, AbortSignal.any([signal, this.#nudged.signal]));
      if (signal.aborted) return false;
      this.#nudged = new AbortController();
      const found = await origin.fetch(revision.id, signal).catch(() => undefined);
      if (found?.id === revision.id) continue;
      this.nudge();
      return found !== undefined;
    }
  }

  async #pass(signal: AbortSignal, superseded?: PassParts['superseded']): Promise<Pass> {
    const { deployment, clock } = this.#parts;
    const { name } = this.#settings;
    const record = await NotesRecord.open(deployment, name);
    const suspension = await deployment.suspended({ kind: 'source', name });
    if (suspension !== undefined) {
      const reason = [suspension.reason, `by ${suspension.by}`].filter((text) => text !== '').join(', ');
      const pass: Pass = { outcome: 'requeue', suspended: reason, corrected: [], givenUp: [] };
      await this.#write(record, record.notes, findingsOf(pass), undefined);
      return pass;
    }
    const parts: PassParts = {
      ...this.#parts,
      compile: this.#compile,
      ...(superseded === undefined ? {} : { superseded }),
      now: () => clock.now(),
      onStart: (revision) => this.#write(record, record.notes, startingFindings(revision.label), revision),
    };
    const before = isSuspended(record.notes) ? released(record.notes) : record.notes;
    const { pass, notes } = await reconcilePass(this.#settings, parts, before, signal);
    await this.#write(record, notes, findingsOf(pass), pass.revision, pass.problem?.help);
    this.#tellWork(pass);
    return pass;
  }

  /** The one place where conditions are written, and told when they changed. */
  async #write(
    record: NotesRecord,
    notes: Notes,
    findings: readonly Finding[],
    revision: Revision | undefined,
    help?: string,
  ): Promise<void> {
    const before = record.notes.conditions;
    const conditions = withFindings(before, findings, this.#parts.clock.now());
    await record.write({ ...notes, conditions });
    for (const transition of transitions(before, conditions))
      this.#parts.onEvent({
        kind: 'transition',
        transition,
        ...(revision === undefined ? {} : { revision }),
        ...(help === undefined || transition.type !== 'Ready' ? {} : { help }),
      });
  }

  #tellWork({ revision, changes = 0, corrected }: Pass): void {
    if (revision === undefined) return;
    if (changes > 0) this.#parts.onEvent({ kind: 'applied', changes, revision });
    if (corrected.length > 0) this.#parts.onEvent({ kind: 'corrected', what: corrected, revision });
  }

  #trouble(error: unknown): void {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    this.#parts.onEvent({ kind: 'trouble', message: code === undefined ? message : `${code}: ${message}` });
  }
}
