// One apply under way: what it holds on to, what it has done, and when it must stop.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Change, Desired, Refusal } from '../plan/plan.ts';
import { recordVersion } from '../plan/record-version.ts';
import type { FlowRecord } from '../plan/state.ts';
import type { ApplyOptions } from './deployment.ts';
import { type Followers, WorkerWatch } from './follow-workers.ts';
import type { ApplyBucket, ApplyPorts } from './ports.ts';

export interface SessionParts {
  readonly ports: ApplyPorts;
  readonly options: ApplyOptions;
  readonly desired: Desired;
  /** Aborts when the lock was lost or the caller gave up. */
  readonly signal: AbortSignal;
}

/** For workers that did answer before. */
const answerMs = 5_000;
const defaultPatienceMs = { health: 30_000, drain: 30_000 } as const;

export class ApplySession {
  readonly ports: ApplyPorts;
  readonly desired: Desired;
  readonly signal: AbortSignal;
  readonly changes: Change[] = [];
  /** What was found on the way to be unsafe; everything else was done. */
  readonly refusals: Refusal[] = [];
  readonly healthPatienceMs: number;
  readonly drainPatienceMs: number;
  readonly minReadyMs: number;
  readonly workers: WorkerWatch;
  readonly #options: ApplyOptions;
  readonly #buckets = new Map<string, Promise<ApplyBucket>>();

  constructor({ ports, options, desired, signal }: SessionParts) {
    this.ports = ports;
    this.desired = desired;
    this.signal = signal;
    this.workers = new WorkerWatch(ports, signal);
    this.healthPatienceMs = options.healthPatienceMs ?? defaultPatienceMs.health;
    this.drainPatienceMs = options.drainPatienceMs ?? defaultPatienceMs.drain;
    this.minReadyMs = options.minReadyMs ?? 0;
    this.#options = options;
  }

  /** Does one change, unless it is time to stop. */
  async change<Result>(change: Change, run: () => Promise<Result>): Promise<Result> {
    this.check();
    this.#options.onProgress?.({ kind: 'doing', change });
    const result = await run();
    this.done(change);
    return result;
  }

  done(change: Change): void {
    this.changes.push(change);
    this.#options.onProgress?.({ kind: 'done', change });
  }

  waiting(what: string): void {
    this.#options.onProgress?.({ kind: 'waiting', what });
  }

  /** Throws VRS6002 when somebody else may be applying by now. */
  check(): void {
    if (!this.signal.aborted) return;
    throw new VrskyError(
      'VRS6002',
      'the lock was lost, or the apply was interrupted, before everything was done',
      {
        retryable: true,
        help: 'Apply again: it goes on where this ended.',
      },
    );
  }

  bucket(name: string): Promise<ApplyBucket> {
    const known = this.#buckets.get(name) ?? this.ports.openBucket(name);
    this.#buckets.set(name, known);
    return known;
  }

  /** Writes what nobody else has changed since `revision`. */
  async put(bucket: string, key: string, value: unknown, revision: number): Promise<void> {
    this.check();
    if (await (await this.bucket(bucket)).put(key, value, revision)) return;
    throw new VrskyError('VRS6002', `${key} was changed by somebody else at the same time`, {
      retryable: true,
      help: 'Apply again.',
    });
  }

  follow(records: readonly FlowRecord[]): Promise<Followers> {
    return this.followVersions(versionsOf(records));
  }

  lookAgain(versions: ReadonlyMap<string, string>): Promise<Followers> {
    return this.workers.follow(versions, answerMs);
  }

  followVersions(versions: ReadonlyMap<string, string>): Promise<Followers> {
    return this.workers.follow(versions, this.healthPatienceMs);
  }
}

export function versionsOf(records: readonly FlowRecord[]): ReadonlyMap<string, string> {
  return new Map(records.map((record) => [record.flow.name, recordVersion(record)]));
}
