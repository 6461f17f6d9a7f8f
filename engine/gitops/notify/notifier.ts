// Sends notifications in their order, beside the loop: whoever does not listen holds up nobody.
import type { Clock } from '../../runtime/clock.ts';
import type { SourceEvent } from '../loop/source-loop.ts';
import { type NotificationTarget, requestFor, send } from './notification.ts';

const attempts = 4;
const mostWaiting = 100;

export class Notifier {
  readonly #queues: readonly TargetQueue[];

  constructor(
    source: string,
    targets: readonly NotificationTarget[],
    clock: Clock,
    onTrouble: (message: string) => void,
  ) {
    this.#queues = targets.map((target) => new TargetQueue(source, target, clock, onTrouble));
  }

  tell(event: SourceEvent): void {
    for (const queue of this.#queues) queue.add(event);
  }

  /** Resolves when everything is sent or given up on; what takes longer than the signal is left. */
  async settled(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    if (signal.aborted) return;
    await Promise.race([Promise.all(this.#queues.map((queue) => queue.work)), aborted]);
  }
}

class TargetQueue {
  readonly #source: string;
  readonly #target: NotificationTarget;
  readonly #clock: Clock;
  readonly #onTrouble: (message: string) => void;
  #waiting = 0;
  work: Promise<void> = Promise.resolve();

  constructor(
    source: string,
    target: NotificationTarget,
    clock: Clock,
    onTrouble: (message: string) => void,
  ) {
    this.#source = source;
    this.#target = target;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  add(event: SourceEvent): void {
    const request = requestFor(this.#target, this.#source, event);
    if (request === undefined || this.#waiting >= mostWaiting) return;
    this.#waiting += 1;
    this.work = this.work.then(async () => {
      await this.#deliver(request);
      this.#waiting -= 1;
    });
  }

  async #deliver(request: NonNullable<ReturnType<typeof requestFor>>): Promise<void> {
    const { signal } = new AbortController();
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(request, signal);
      } catch (error) {
        const { message, retryable } = error as { readonly message: string; readonly retryable?: boolean };
        if (retryable !== true || attempt === attempts) return this.#onTrouble(message);
        await this.#clock.wait(1000 * 2 ** attempt, signal);
      }
    }
  }
}
