// What the stages of a worker settled lately: a restarted server hands out again what it did not see acknowledged.

/**
 * So many settled messages are remembered, and up to twice as many, over all stages: what was settled longer ago was acknowledged long before a
 * restart. Forgetting them one by one from the front of a map costs more than running a stage.
 */
const generation = 32_768;

type Settled = Map<object, Map<number, number>>;

/** One per worker: what it takes does not grow with the number of stages. */
export class SettledMemory {
  /** When it was stored by stream sequence, by stage. */
  #lately: Settled = new Map();
  /** What was settled before those. */
  #before: Settled = new Map();
  #count = 0;

  note(stage: object, sequence: number, storedAtMs: number): void {
    if (this.#count === generation) this.#turn();
    this.#count++;
    const own = this.#lately.get(stage);
    if (own === undefined) this.#lately.set(stage, new Map([[sequence, storedAtMs]]));
    else own.set(sequence, storedAtMs);
  }

  /** When the message of that sequence that `stage` settled was stored; undefined when it is not remembered. */
  storedAtMs(stage: object, sequence: number): number | undefined {
    return this.#lately.get(stage)?.get(sequence) ?? this.#before.get(stage)?.get(sequence);
  }

  #turn(): void {
    this.#before = this.#lately;
    this.#lately = new Map();
    this.#count = 0;
  }
}
