// What a puller has asked for and not been given yet.

interface Request {
  readonly number: number;
  /** Messages of it that have not come. */
  coming: number;
}

export class PullRequests {
  /** In the order in which they are answered. */
  #open: Request[] = [];
  #count = 0;

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  /** Messages that have not come, of all requests. */
  get coming(): number {
    let coming = 0;
    for (const request of this.#open) coming += request.coming;
    return coming;
  }

  /** Answers the number of a new one. */
  add(messages: number): number {
    const number = this.#count++;
    this.#open.push({ number, coming: messages });
    return number;
  }

  /** A message came. */
  countReceived(): void {
    const first = this.#open[0];
    if (first !== undefined && --first.coming === 0) this.#open.shift();
  }

  /** The server is done with it. */
  end(number: number): void {
    this.#open = this.#open.filter((request) => request.number !== number);
  }

  /** None of them is answered any more. */
  clear(): void {
    this.#open = [];
  }
}
