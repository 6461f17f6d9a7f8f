// Knows how many workers of this account are alive: each says so every two seconds.
import type { Broker } from '../ports.ts';
import { control } from '../trace.ts';

const everyMs = 2_000;
const silentMs = 3 * everyMs + 500;

export class Presence {
  readonly #broker: Broker;
  readonly #name: string;
  readonly #heardAtMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(broker: Broker, name: string) {
    this.#broker = broker;
    this.#name = name;
  }

  /** Until the signal aborts; then says goodbye, so that others take over at once. */
  start(signal: AbortSignal): void {
    this.#broker.listen(control.presence, (value) => this.#hear(value), signal);
    const announce = () => this.#broker.emit(control.presence, { worker: this.#name });
    announce();
    this.#timer = setInterval(announce, everyMs).unref();
    signal.addEventListener('abort', () => this.#leave(), { once: true });
  }

  /** Workers heard of lately, this one included. */
  workers(): number {
    const now = performance.now();
    for (const [name, atMs] of this.#heardAtMs) if (now - atMs > silentMs) this.#heardAtMs.delete(name);
    this.#heardAtMs.delete(this.#name);
    return this.#heardAtMs.size + 1;
  }

  #hear(value: unknown): void {
    const { worker, leaving } = (value ?? {}) as { readonly worker?: unknown; readonly leaving?: unknown };
    if (typeof worker !== 'string') return;
    if (leaving === true) this.#heardAtMs.delete(worker);
    else this.#heardAtMs.set(worker, performance.now());
  }

  #leave(): void {
    clearInterval(this.#timer);
    this.#broker.emit(control.presence, { worker: this.#name, leaving: true });
  }
}
