// What planning and applying need beside the administration of JetStream: buckets, leases, workers that answer.
import type { Cluster } from './cluster.ts';

export interface BucketEntry {
  readonly key: string;
  readonly value: unknown;
  readonly revision: number;
}

/** A small durable key-value bucket of JSON values, with compare and set by revision (0 = must not exist). */
export interface ApplyBucket {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  put(key: string, value: unknown, revision?: number): Promise<boolean>;
  delete(key: string, revision?: number): Promise<void>;
  /** `under`: only those that begin with it; it ends with a dot. */
  keys(under?: string): Promise<readonly string[]>;
  entries(): Promise<readonly BucketEntry[]>;
}

export interface ApplyLease {
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** What one worker says about some flows. */
export interface WorkerAnswer {
  readonly worker: string;
  /** Every version that it runs or still stops, as of {@link recordVersion}. */
  readonly running: readonly { readonly flow: string; readonly version: string }[];
  /** Flows that it could not start: what ran before runs on. */
  readonly stalled: readonly { readonly flow: string; readonly reason: string }[];
  /** Flows that it runs and of which a consumer or producer cannot run. */
  readonly failing: readonly { readonly flow: string; readonly reason: string }[];
}

export interface WorkersReport {
  readonly answers: readonly WorkerAnswer[];
  /** Whether somebody listens, even if nobody answered in time. */
  readonly isHeard: boolean;
}

export interface ApplyPorts {
  readonly cluster: Cluster;
  readonly openBucket: (name: string) => Promise<ApplyBucket>;
  /** Resolves once the lease is held; rejects when the signal aborts first. */
  readonly lease: (name: string, ttlMs: number, signal: AbortSignal) => Promise<ApplyLease>;
  /** Waits so long at most, and no longer than until `isEnough` of the names of those who answered. */
  readonly askWorkers: (
    flows: readonly string[],
    waitMs: number,
    isEnough: (workers: ReadonlySet<string>) => boolean,
  ) => Promise<WorkersReport>;
}
