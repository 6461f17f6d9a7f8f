// Turns pushes (a request came in, a broker called back) into the async iterable that the engine reads deliveries from.

/** Read places are given back at the latest after this many, so that a queue that never runs dry does not grow. */
const compactAt = 1024;

/** One reader, any number of writers. Unbounded: whoever pushes looks at {@link size} and refuses when there is no room. */
export class DeliveryQueue<T> implements AsyncIterableIterator<T, undefined> {
  #items: (T | undefined)[] = [];
  #head = 0;
  #waiting: PromiseWithResolvers<IteratorResult<T, undefined>> | undefined;
  #ended = false;
  #failure: unknown;
  readonly #onReturn: (() => void | Promise<void>) | undefined;

  /** `onReturn` runs when the reader stops early; the reader waits for it. */
  constructor(onReturn?: () => void | Promise<void>) {
    this.#onReturn = onReturn;
  }

  /** Pushed and not read yet. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Hands one item to the reader, now when it waits. Ignored after {@link end}. */
  push(item: T): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#items.push(item);
      return;
    }
    this.#waiting = undefined;
    waiting.resolve({ value: item, done: false });
  }

  /** Takes back what was not read yet, so that the source can be told. */
  takeBack(): readonly T[] {
    const left = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return left;
  }

  /** The reader gets what was pushed before, then nothing more. */
  end(): void {
    this.#ended = true;
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  /** The reader gets what was pushed before, then this error, once. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#waiting === undefined) this.#failure = error;
    else this.#waiting.reject(error);
    this.#waiting = undefined;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#head < this.#items.length) return Promise.resolve({ value: this.#take(), done: false });
    if (this.#ended) return this.#afterEnd();
    if (this.#waiting !== undefined) return Promise.reject(new Error('deliveries have one reader'));
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    await this.#onReturn?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #afterEnd(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure === undefined
      ? Promise.resolve({ value: undefined, done: true })
      : Promise.reject(failure);
  }

  #take(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length || this.#head === compactAt) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}
