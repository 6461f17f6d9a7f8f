// What became of every accepted message, counted outside the engine.

export interface Accounts {
  readonly accepted: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly deadLettered: number;
  /** Deliveries beyond the first of each message. */
  readonly duplicates: number;
  /** Messages that a sink which honours Idempotency-Key would have executed more than once. */
  readonly executedTwice: number;
  /** Accepted and nowhere to be found. */
  readonly lost: readonly number[];
  /** Messages that arrived after a later one of their key. */
  readonly outOfOrder: number;
  readonly longestStallMs: number;
  /** Messages a second that the feeder got rid of; 0 where they do not come from one. */
  readonly acceptedPerSecond: number;
}

/** How a case ended: the accounts, what else was measured, and which promises did not hold. */
export interface Report extends Accounts {
  readonly notes: readonly string[];
  readonly broken: readonly string[];
}

/** What must hold in every case, and the case's own findings. */
export function report(
  accounts: Accounts,
  notes: readonly string[] = [],
  broken: readonly string[] = [],
): Report {
  const { lost, executedTwice } = accounts;
  return {
    ...accounts,
    notes,
    broken: [
      ...(lost.length > 0 ? [`${lost.length} messages lost, such as ${lost.slice(0, 5).join(', ')}`] : []),
      ...(executedTwice > 0 ? [`${executedTwice} messages executed twice`] : []),
      ...broken,
    ],
  };
}
