// Runs tasks of the same key one after the other, and those of different keys side by side.

/** A task calls `done` when the next of its key may start. */
export type SequencedTask = (done: () => void) => void;

interface Waiting {
  readonly task: SequencedTask;
  next: Waiting | undefined;
}

/** A linked list: to take the first of an array moves all others, and tens of thousands may wait. */
interface Queue {
  first: Waiting | undefined;
  last: Waiting | undefined;
}

export class KeySequence {
  /** The tasks that wait behind the running one, by key; a key without an entry is idle. */
  readonly #behind = new Map<string, Queue>();

  /** Starts the task at once when nothing of its key runs. */
  run(key: string, task: SequencedTask): void {
    const behind = this.#behind.get(key);
    if (behind !== undefined) {
      const waiting = { task, next: undefined };
      if (behind.first === undefined || behind.last === undefined) behind.first = waiting;
      else behind.last.next = waiting;
      behind.last = waiting;
      return;
    }
    this.#behind.set(key, { first: undefined, last: undefined });
    this.#start(key, task);
  }

  /** Keys that have something running. */
  get size(): number {
    return this.#behind.size;
  }

  #start(key: string, first: SequencedTask): void {
    // A loop instead of recursion: a thousand tasks may be done at once when a stage gives back what waits.
    let task: SequencedTask | undefined = first;
    while (task !== undefined) {
      let finishedAtOnce = false;
      let returned = false;
      task(() => {
        if (returned) this.#next(key);
        else finishedAtOnce = true;
      });
      returned = true;
      if (!finishedAtOnce) return;
      task = this.#take(key);
    }
  }

  #next(key: string): void {
    const task = this.#take(key);
    if (task !== undefined) this.#start(key, task);
  }

  #take(key: string): SequencedTask | undefined {
    const behind = this.#behind.get(key);
    const waiting = behind?.first;
    if (behind === undefined || waiting === undefined) this.#behind.delete(key);
    else behind.first = waiting.next;
    return waiting?.task;
  }
}
