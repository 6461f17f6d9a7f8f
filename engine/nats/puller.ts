// Pulls in batches for one JetStream consumer: refills before it runs dry, keeps within bounds, creates the consumer again when it is gone.
import { createInbox, type NatsConnection } from '@nats-io/nats-core';
import type { Frame } from '../connector/nats-wire/frame.ts';
import type { Listening, Wire } from '../connector/nats-wire/wire.ts';
import { NumberMap } from '../runtime/number-map.ts';
import type { Puller, PullOptions } from '../runtime/ports.ts';
import type { Acknowledger } from './acknowledger.ts';
import { PullRequests } from './pull-requests.ts';
import { PullWindow } from './pull-window.ts';
import { PulledMessage, type Settling } from './pulled-message.ts';

/** Without heartbeats up to twice that. */
const expiresMs = 60_000;
const groupMs = 1_000;
const heartbeatMs = 20_000;
/** For what is on its way. */
const lateMs = 5_000;
const silentMs = 2 * heartbeatMs + lateMs;
const firstRetryMs = 100;
const maxRetryMs = 5_000;
/** In a cluster, while nobody leads the JetStream consumer: so often it is asked, and so often before it counts as gone. An election takes up to 9 s. */
const leaderlessMs = 500;
const leaderlessTries = 24;

/** What a puller needs beside the connection. */
export interface PullerParts {
  readonly connection: NatsConnection;
  readonly wire: Wire;
  readonly acknowledger: Acknowledger;
  readonly createConsumer: () => Promise<void>;
  readonly deleteConsumer: () => Promise<void>;
  /** Whether several servers share the JetStream consumers. */
  readonly isClustered: () => boolean;
  /** Whether this puller asks for heartbeats; to the others the end of a request is the sign of life. */
  readonly isWatcher: (puller: NatsPuller) => boolean;
  /** How many messages each puller may have in hand while it settles few. */
  readonly shareOfMessages: () => number;
  /** Called when it has stopped for good. */
  readonly onStopped: (puller: NatsPuller) => void;
}

export class NatsPuller implements Puller {
  readonly #parts: PullerParts;
  readonly #options: PullOptions;
  readonly #inbox = createInbox();
  readonly #listening: Listening;
  /** By the order of their arrival. */
  readonly #inHand = new NumberMap<PulledMessage>();
  #received = 0;
  readonly #requests = new PullRequests();
  readonly #window: PullWindow;
  #bytesInHand = 0;
  #activeAtMs = performance.now();
  /** A request that is heard nothing of for longer is lost. */
  #patienceMs = 0;
  #retryMs = firstRetryMs;
  /** In a row. */
  #leaderless = 0;
  #retry: NodeJS.Timeout | undefined;
  #paused = false;
  #recreating = false;
  /** A consumer that is to be made anew was. */
  #isFresh = false;
  #stopping = false;
  #onEmpty: (() => void) | undefined;
  /** One for all messages. */
  readonly #settling: Settling;

  constructor(options: PullOptions, parts: PullerParts) {
    this.#options = options;
    this.#parts = parts;
    const { minMessages, maxMessages } = options;
    const least =
      minMessages === undefined ? () => maxMessages : () => Math.max(minMessages, parts.shareOfMessages());
    this.#window = new PullWindow({ least, most: maxMessages });
    this.#settling = { acknowledger: parts.acknowledger, release: (message) => this.#release(message) };
    const prefix = this.#inbox.length + 1;
    this.#listening = parts.wire.listen(`${this.#inbox}.*`, (frame) => this.#receive(frame, prefix));
    if (options.fresh === true) this.#recreate();
    else this.#fill();
  }

  get stream(): string {
    return this.#options.spec.stream;
  }

  get consumer(): string {
    return this.#options.spec.name;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#fill();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    // Before the round trip of the drain: the server knows them when this has stopped.
    this.#parts.acknowledger.flush();
    // What is on its way while the subscription ends goes back at once instead of after ack_wait.
    const drained = this.#parts.connection.isClosed() ? Promise.resolve() : this.#listening.drain();
    if (this.#inHand.size > 0) await this.#untilEmpty(graceMs);
    this.#parts.acknowledger.flush();
    await drained.catch(() => undefined);
    this.#parts.onStopped(this);
  }

  /** After a reconnect: earlier requests went with the old connection. */
  reconnected(): void {
    this.#requests.clear();
    this.#fill();
  }

  /** Another server leads the JetStream consumer: it does not know what was asked of the one before. */
  leaderElected(): void {
    this.#requests.clear();
    clearTimeout(this.#retry);
    this.#askAgain();
  }

  /** Called now and then, with a time that goes on evenly: extends what takes long. True when JetStream is silent. */
  tick(nowMs: number): boolean {
    if (this.#inHand.size > 0) this.#extend(nowMs);
    if (!this.#isSilentFor(this.#patienceMs, nowMs)) return false;
    this.#options.onEvent?.('no heartbeat from JetStream, asking again');
    this.reconnected();
    return true;
  }

  /** When another one of the stream is: what that has noticed this one would have to wait for. */
  askIfSilent(nowMs: number): void {
    if (this.#isSilentFor(silentMs, nowMs)) this.reconnected();
  }

  #isSilentFor(ms: number, nowMs: number): boolean {
    return !this.#requests.isEmpty && nowMs - this.#activeAtMs > ms;
  }

  #extend(nowMs: number): void {
    const extendAfterMs = this.#options.spec.ackWaitMs / 3;
    this.#inHand.each((message) => {
      if (nowMs - message.extendedAtMs >= extendAfterMs) message.extend(nowMs);
    });
  }

  #receive(frame: Frame, prefix: number): void {
    this.#activeAtMs = performance.now();
    const status = frame.status;
    if (status !== undefined && status.code >= 100) {
      // Its subject is the one that was asked from; a message has the one that it was stored under.
      this.#onStatus(frame.numberAfter(prefix) ?? -1, status.code, status.description);
      return;
    }
    this.#requests.countReceived();
    const number = this.#received++;
    const pulled = new PulledMessage(frame, number, this.#activeAtMs, this.#settling);
    if (this.#stopping) {
      pulled.nak(0);
      return;
    }
    this.#retryMs = firstRetryMs;
    this.#leaderless = 0;
    this.#inHand.set(number, pulled);
    this.#bytesInHand += pulled.data.byteLength;
    this.#fill();
    this.#options.onMessage(pulled);
  }

  #release(message: PulledMessage): void {
    if (!this.#inHand.delete(message.number)) return;
    this.#bytesInHand -= message.data.byteLength;
    this.#window.count();
    if (this.#inHand.size === 0) this.#onEmpty?.();
    this.#fill();
  }

  #onStatus(request: number, code: number, description: string): void {
    if (code === 100) return;
    this.#requests.end(request);
    if (this.#stopping) return;
    if (code === 503) this.#onNobody(description);
    else if (/consumer (?:deleted|not found)/i.test(description)) this.#recreate(description);
    else if (
      code === 404 ||
      code === 408 ||
      /batch completed|maxbytes|leadership|shutdown/i.test(description)
    )
      this.#fill();
    else this.#retryLater(`${code} ${description}`);
  }

  /** Nobody answers for it: it is gone, or a cluster elects who leads it. Making it waits for whoever is elected, so it is asked first. */
  #onNobody(description: string): void {
    if (!this.#parts.isClustered() || ++this.#leaderless % leaderlessTries === 0) {
      this.#recreate(description);
      return;
    }
    if (this.#leaderless === 1)
      this.#options.onEvent?.('nobody leads the JetStream consumer, asking until somebody does');
    this.#askAgainIn(leaderlessMs);
  }

  /** Its state is in memory: a restarted server does not know it, and finds exactly the unacknowledged messages when it is back. */
  #recreate(why?: string): void {
    if (this.#recreating || this.#stopping) return;
    this.#recreating = true;
    this.#requests.clear();
    this.#created().then(
      () => {
        this.#isFresh = true;
        this.#recreating = false;
        if (why !== undefined)
          this.#options.onEvent?.(`JetStream consumer created again (${why || 'it was gone'})`);
        this.#fill();
      },
      (error: unknown) => {
        this.#recreating = false;
        this.#retryLater(`cannot create the JetStream consumer: ${(error as Error).message}`);
      },
    );
  }

  async #created(): Promise<void> {
    if (this.#options.fresh === true && !this.#isFresh) await this.#parts.deleteConsumer();
    await this.#parts.createConsumer();
  }

  #retryLater(why: string): void {
    if (this.#retry !== undefined || this.#stopping) return;
    this.#options.onEvent?.(`${why}; asking again in ${this.#retryMs} ms`);
    this.#askAgainIn(this.#retryMs);
    this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2);
  }

  #askAgainIn(ms: number): void {
    this.#retry ??= setTimeout(() => this.#askAgain(), ms);
  }

  #askAgain(): void {
    this.#retry = undefined;
    if (this.#options.fresh === true && !this.#isFresh) this.#recreate();
    else this.#fill();
  }

  /** Asks for more when few are left: the next batch is on its way before this one is used up. */
  #fill(): void {
    if (
      this.#stopping ||
      this.#paused ||
      this.#recreating ||
      this.#retry !== undefined ||
      this.#parts.connection.isClosed()
    )
      return;
    const { maxBytes, spec } = this.#options;
    const maxMessages = this.#window.size;
    const left = this.#window.left;
    if (this.#inHand.size > left) return;
    const room = maxMessages - this.#inHand.size - this.#requests.coming;
    if (room < maxMessages - left || this.#bytesInHand > maxBytes / 2) return;
    const number = this.#requests.add(room);
    this.#activeAtMs = performance.now();
    const ask = { batch: room, max_bytes: maxBytes, ...this.#waiting() };
    this.#parts.connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${spec.stream}.${spec.name}`,
      JSON.stringify(ask),
      { reply: `${this.#inbox}.${number}` },
    );
  }

  /**
   * How long the request waits at the server. A thousand that end at once hold up everything else, and each that ends alone wakes everybody for itself:
   * those that nobody listens to end in groups, at whole seconds.
   */
  #waiting(): { readonly expires: number; readonly idle_heartbeat?: number } {
    if (this.#parts.isWatcher(this)) {
      this.#patienceMs = silentMs;
      return { expires: expiresMs * 1e6, idle_heartbeat: heartbeatMs * 1e6 };
    }
    const longMs = expiresMs * (1 + Math.random());
    const waitMs = Math.round(longMs - ((this.#activeAtMs + longMs) % groupMs));
    this.#patienceMs = waitMs + lateMs;
    return { expires: waitMs * 1e6 };
  }

  #untilEmpty(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
