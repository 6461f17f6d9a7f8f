// Sends orders at a fixed rate and takes in what becomes of them, with the time that each took since it was due.
import { orderBytes } from '../order.ts';
import { acknowledge, barePull } from './bare-puller.ts';
import type { BenchServer, ConsumerName } from './bench-server.ts';

/** What has not arrived after this long never will. */
const patienceMs = 60_000;

export class Courier {
  readonly #server: BenchServer;
  readonly #subject: string;
  /** Milliseconds, of the offer under way. */
  #took = new Float64Array(0);
  #arrived = 0;
  #count = 0;
  #onArrived: () => void = () => undefined;

  constructor(server: BenchServer, subject: string, arrivals: ConsumerName) {
    this.#server = server;
    this.#subject = subject;
    const { connection } = server;
    barePull(connection, arrivals.stream, arrivals.consumer, (message) => {
      const { buffer, byteOffset } = message.data;
      const head = Buffer.from(buffer, byteOffset, Math.min(64, message.data.length)).toString('latin1');
      const due = Number(/"at":([\d.]+)/.exec(head)?.[1]);
      if (this.#arrived < this.#took.length) this.#took[this.#arrived++] = performance.now() - due;
      acknowledge(connection, message);
      if (this.#arrived === this.#took.length) this.#onArrived();
    });
  }

  /** Every millisecond what is due by the clock, however late the timer. Resolves with the times of those `expected` to arrive. */
  async offer(rate: number, total: number, expected: number): Promise<Float64Array> {
    this.#took = new Float64Array(expected);
    this.#arrived = 0;
    const everything = this.#everything();
    const began = performance.now();
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
      for (; sent < due; sent++) this.#send(began + (sent / rate) * 1000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await everything;
    return this.#took;
  }

  #send(due: number): void {
    const { publisher } = this.#server;
    publisher.send(
      this.#subject,
      orderBytes(this.#count++, due),
      this.#server.ingressHeaders(),
      () => undefined,
    );
  }

  #everything(): Promise<void> {
    return new Promise((resolve, reject) => {
      const missing = () => `${this.#took.length - this.#arrived} of ${this.#took.length} did not arrive`;
      const timer = setTimeout(() => reject(new Error(missing())), patienceMs);
      this.#onArrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
