// A queue that is read as an async iterable until a signal aborts.

export class Feed<Item> {
  readonly #items: Item[] = [];
  #wake: (() => void) | undefined;

  add(item: Item): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** Every item added, in order; ends when the signal aborts. One reader at a time. */
  async *until(signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
    const stop = () => this.#wake?.();
    signal.addEventListener('abort', stop, { once: true });
    while (!signal.aborted) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
