// Sends what settles messages: what is settled within the same moment goes to the server in one write.
import type { Frame } from '../connector/nats-wire/frame.ts';
import type { Wire } from '../connector/nats-wire/wire.ts';

/** The server waits half a minute for an acknowledgement; a write of its own costs more than the rest of one. */
const momentMs = 1;

/** One per connection. */
export class Acknowledger {
  readonly #wire: Wire;
  readonly #flush = () => this.flush();
  #frames: Frame[] = [];
  #answers: Uint8Array[] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  send(frame: Frame, answer: Uint8Array): void {
    if (this.#frames.length === 0) setTimeout(this.#flush, momentMs);
    this.#frames.push(frame);
    this.#answers.push(answer);
  }

  /** Without waiting any longer. What is settled on a closed connection is lost, and delivered again. */
  flush(): void {
    const frames = this.#frames;
    const answers = this.#answers;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#answers = [];
    this.#wire.answer(frames, answers);
  }
}
