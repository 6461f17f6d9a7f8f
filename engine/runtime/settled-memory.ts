// What the stages of a worker settled lately: a restarted server hands out again what it did not see acknowledged.

/**
 * So many settled messages are remembered, and up to twice as many, over all stages: what was settled longer ago was acknowledged long before a
 * restart. Forgetting them one by one costs more than forgetting all.
 */
const generation = 32_768;
/** Half of them stay free. */
const placeBits = 16;
const places = 2 ** placeBits;
/** No stage. */
const free = 0;
/** 2³² divided by the golden ratio, as in NumberMap. */
const golden = 0x9e3779b9;

/** One per worker: what it takes does not grow with the number of stages, and is nothing that garbage is looked for in. */
export class SettledMemory {
  #lately = new Generation();
  /** What was settled before those. */
  #before = new Generation();
  #stages = 0;

  /** A number for a stage that settles messages here. */
  enter(): number {
    return ++this.#stages;
  }

  note(stage: number, sequence: number, storedAtMs: number): void {
    if (this.#lately.size === generation) this.#turn();
    this.#lately.set(stage, sequence, storedAtMs);
  }

  /** When the message of that sequence that `stage` settled was stored; undefined when it is not remembered. */
  storedAtMs(stage: number, sequence: number): number | undefined {
    return this.#lately.get(stage, sequence) ?? this.#before.get(stage, sequence);
  }

  #turn(): void {
    const forgotten = this.#before;
    this.#before = this.#lately;
    this.#lately = forgotten;
    forgotten.clear();
  }
}

/** A hash table of a fixed size, in which a stage and a sequence have a time. */
class Generation {
  size = 0;
  readonly #stages = new Uint32Array(places);
  readonly #sequences = new Float64Array(places);
  readonly #times = new Float64Array(places);

  get(stage: number, sequence: number): number | undefined {
    const place = this.#find(stage, sequence);
    return this.#stages[place] === free ? undefined : this.#times[place];
  }

  set(stage: number, sequence: number, storedAtMs: number): void {
    const place = this.#find(stage, sequence);
    if (this.#stages[place] === free) {
      this.#stages[place] = stage;
      this.#sequences[place] = sequence;
      this.size++;
    }
    this.#times[place] = storedAtMs;
  }

  clear(): void {
    this.#stages.fill(free);
    this.size = 0;
  }

  /** Where it is, or where it would go: the first free place from its own on. */
  #find(stage: number, sequence: number): number {
    let place = Math.imul(sequence ^ Math.imul(stage, golden), golden) >>> (32 - placeBits);
    for (let found = this.#stages[place]; found !== free; found = this.#stages[place]) {
      if (found === stage && this.#sequences[place] === sequence) break;
      place = (place + 1) & (places - 1);
    }
    return place;
  }
}
