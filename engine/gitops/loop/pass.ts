// What one pass over a source came to.
import type { Revision } from '../sources/origin.ts';

export type Stage = 'fetch' | 'verify' | 'compile' | 'plan' | 'apply' | 'health';

/**
 * `requeue`: all is well, look again after the interval. `retry`: it may pass by itself, try again soon and then later and later.
 * `terminal`: nothing changes until somebody does something; looking again after the interval finds out whether they have.
 */
export type Outcome = 'requeue' | 'retry' | 'terminal';

export interface Problem {
  readonly stage: Stage;
  /** A registered code. */
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

export interface Pass {
  readonly outcome: Outcome;
  readonly problem?: Problem;
  /** Why it stands still; then nothing else was done. */
  readonly suspended?: string;
  readonly revision?: Revision;
  /** Who signed the revision; `unasked` when nobody has to. Absent when it did not come to that. */
  readonly signers?: readonly string[] | 'unasked';
  /** How many changes were carried out; absent when nothing was applied, 0 when nothing had to be. */
  readonly changes?: number;
  /** `superseded`: there was a newer revision before it was known. */
  readonly health?: 'healthy' | 'no-workers' | 'superseded' | { readonly unhealthy: string };
  /** Differences that somebody made by hand and that are still there. Absent when it did not come to looking. */
  readonly drift?: readonly string[];
  /** Differences that were put right in this pass. */
  readonly corrected: readonly string[];
  /** Differences among `drift` that are no longer put right, for they come back again and again. */
  readonly givenUp: readonly string[];
  /** The revision that runs instead of this one. */
  readonly rolledBackTo?: string;
}
