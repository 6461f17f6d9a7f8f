// Stores a message for several targets so that, as a rule, a refusal means that it is stored for none of them.

export class Spread<T> {
  readonly #targets: readonly T[];
  #refusedLast: T | undefined;

  constructor(targets: readonly T[]) {
    this.#targets = targets;
  }

  /** The targets that one message is not stored for yet. */
  begin(): Set<T> {
    return new Set(this.#targets);
  }

  /** What is stored for one target cannot be taken back. */
  isBegun(left: ReadonlySet<T>): boolean {
    return left.size < this.#targets.length;
  }

  /**
   * Takes those out of `left` that it is stored for. The target that refused last goes first, alone: as long as it has no room, nothing is
   * stored for the others either. Rejects with the first failure, when no other try is under way any more.
   */
  async store(left: Set<T>, store: (target: T) => Promise<void>): Promise<void> {
    const take = async (target: T): Promise<void> => {
      try {
        await store(target);
      } catch (error) {
        this.#refusedLast = target;
        throw error;
      }
      left.delete(target);
    };
    const first = this.#refusedLast;
    if (first !== undefined && left.has(first)) await take(first);
    const outcomes = await Promise.allSettled([...left].map(take));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
