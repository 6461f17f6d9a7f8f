// Sends what settles messages: what is settled within the same moment goes to the server in one write.
import type { Wire } from '../connector/nats-wire/wire.ts';

/** The server waits half a minute for an acknowledgement; a write of its own costs more than the rest of one. */
const momentMs = 1;

/** One per connection. */
export class Acknowledger {
  readonly #wire: Wire;
  readonly #flush = () => this.flush();
  #subjects: string[] = [];
  #answers: Uint8Array[] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  send(subject: string, answer: Uint8Array): void {
    if (this.#subjects.length === 0) setTimeout(this.#flush, momentMs);
    this.#subjects.push(subject);
    this.#answers.push(answer);
  }

  /** Without waiting any longer. What is settled on a closed connection is lost, and delivered again. */
  flush(): void {
    const subjects = this.#subjects;
    const answers = this.#answers;
    if (subjects.length === 0) return;
    this.#subjects = [];
    this.#answers = [];
    for (let index = 0; index < subjects.length; index++)
      this.#wire.publish(subjects[index] as string, '', '', answers[index] as Uint8Array);
    this.#wire.flush();
  }
}
