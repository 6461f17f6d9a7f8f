// Bounds how much is under way at once: uploads by number, loaded payloads by bytes.

/** First come, first served. What is larger than the room passes alone. */
export class Room {
  readonly #size: number;
  #free: number;
  readonly #waiting: { readonly amount: number; readonly enter: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /** Resolves when there is room, with what gives it back (once, however often it is called). */
  async enter(amount = 1): Promise<() => void> {
    const taken = Math.min(amount, this.#size);
    if (this.#waiting.length > 0 || this.#free < taken)
      await new Promise<void>((resolve) => this.#waiting.push({ amount: taken, enter: resolve }));
    else this.#free -= taken;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(taken);
    };
  }

  #leave(amount: number): void {
    this.#free += amount;
    for (let next = this.#waiting[0]; next !== undefined && next.amount <= this.#free; ) {
      this.#free -= next.amount;
      this.#waiting.shift();
      next.enter();
      next = this.#waiting[0];
    }
  }
}
