// The pipelined publisher: one reply inbox, a window of unacknowledged publishes, acks matched by token.
import { createInbox, type NatsConnection } from '@nats-io/nats-core';
import type { Frame } from '../connector/nats-wire/frame.ts';
import type { Wire } from '../connector/nats-wire/wire.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { NumberMap } from '../runtime/number-map.ts';
import type { HeaderPairs, Publisher } from '../runtime/ports.ts';
import { checkHeaderSize, encodedHeaders, headerLines } from './header-block.ts';
import { publishError } from './publish-error.ts';

interface Outstanding {
  readonly subject: string;
  readonly data: Uint8Array;
  /** A whole block. */
  readonly headers: string;
  readonly done: (error?: Error) => void;
  token: number;
  sentAtMs: number;
  tries: number;
  /** 0 until it is sent. */
  firstSentAtMs: number;
  /** The last try found no stream: none is made yet, or its servers elect who leads it. */
  isUnheard: boolean;
}

/** Publishes on the wire and unacknowledged at most; more wait in order. */
const windowMessages = 2048;
const windowBytes = 64 * 1024 * 1024;
const ackTimeoutMs = 5_000;
/** Longer than servers elect a leader for, and longer than one that was frozen past its clients' patience takes to answer. */
const giveUpMs = 22_000;
/** Of a process that was frozen, time says nothing. */
const leastTries = 6;
/** How often what waits is looked at, and how often it is asked whether there is a stream by now. */
const checkMs = 250;
const compactAt = 4096;

export class PipelinedPublisher implements Publisher {
  readonly #connection: NatsConnection;
  readonly #wire: Wire;
  readonly #inbox = createInbox();
  /** By token: in the order of sending. */
  readonly #outstanding = new NumberMap<Outstanding>();
  /** Read places before `#head` are given back now and then: a shift of a long list copies it. */
  #waiting: (Outstanding | undefined)[] = [];
  #head = 0;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #count = 0;
  #idle: (() => void)[] = [];
  #closed = false;
  /** The headers written last. */
  #last: { readonly headers: HeaderPairs; readonly lines: string } = { headers: [], lines: '' };

  constructor(connection: NatsConnection, wire: Wire) {
    this.#connection = connection;
    this.#wire = wire;
    const prefix = this.#inbox.length + 1;
    wire.listen(`${this.#inbox}.*`, (frame) => this.#onAck(frame.numberAfter(prefix) ?? -1, frame));
    this.#timer = setInterval(() => this.#checkTimeouts(), checkMs).unref();
  }

  get pending(): number {
    return this.#outstanding.size + this.#waiting.length - this.#head;
  }

  send(
    subject: string,
    data: Uint8Array,
    headers: HeaderPairs,
    messageId: string | undefined,
    done: (error?: Error) => void,
  ): void {
    let block: string;
    try {
      block = this.#block(headers, messageId);
      checkHeaderSize(subject, block);
    } catch (error) {
      done(error as Error);
      return;
    }
    const publish: Outstanding = {
      subject,
      data,
      headers: block,
      done,
      token: -1,
      sentAtMs: 0,
      tries: 0,
      firstSentAtMs: 0,
      isUnheard: false,
    };
    if (this.#isFull()) this.#waiting.push(publish);
    else this.#put(publish);
  }

  /** The same headers go to each target of a message: only the id differs. */
  #block(headers: HeaderPairs, messageId: string | undefined): string {
    if (messageId === undefined) return encodedHeaders(headers);
    if (headers !== this.#last.headers) this.#last = { headers, lines: headerLines(headers) };
    return `NATS/1.0\r\n${this.#last.lines}${headerLines([['Nats-Msg-Id', messageId]])}\r\n`;
  }

  publish(subject: string, data: Uint8Array, headers: HeaderPairs, messageId?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(subject, data, headers, messageId, (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
  }

  flush(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Sends everything unacknowledged again, after a reconnect. Message ids make that harmless. */
  resend(): void {
    for (const publish of this.#outstanding.values()) this.#resend(publish);
  }

  /** Fails whatever is unacknowledged. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const publish of [...this.#outstanding.values(), ...this.#takeWaiting()]) {
      this.#finish(
        publish,
        new VrskyError('VRS8102', 'the connection to NATS was closed', { retryable: true }),
      );
    }
  }

  #isFull(): boolean {
    return this.#outstanding.size >= windowMessages || this.#bytes >= windowBytes;
  }

  #put(publish: Outstanding): void {
    publish.token = this.#count++;
    publish.tries++;
    publish.sentAtMs = performance.now();
    if (publish.tries === 1) publish.firstSentAtMs = publish.sentAtMs;
    publish.isUnheard = false;
    this.#outstanding.set(publish.token, publish);
    this.#bytes += publish.data.byteLength;
    try {
      const reply = `${this.#inbox}.${publish.token}`;
      this.#wire.publish(publish.subject, reply, publish.headers, publish.data);
    } catch (error) {
      this.#finish(publish, publishError(publish.subject, error));
    }
  }

  #onAck(token: number, answer: Frame): void {
    const publish = this.#outstanding.get(token);
    if (publish === undefined) return;
    const error = ackError(publish.subject, answer);
    // "No responders" until the streams of a restarted server are back or have a leader: the next check sends it again.
    publish.isUnheard = error?.code === 'VRS8104' && !isGivenUp(publish, performance.now());
    if (!publish.isUnheard) this.#finish(publish, error);
  }

  #finish(publish: Outstanding, error?: Error): void {
    if (this.#outstanding.delete(publish.token)) this.#bytes -= publish.data.byteLength;
    publish.done(error);
    while (this.#head < this.#waiting.length && !this.#isFull() && !this.#closed)
      this.#put(this.#nextWaiting());
    if (this.pending > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #nextWaiting(): Outstanding {
    const next = this.#waiting[this.#head] as Outstanding;
    this.#waiting[this.#head++] = undefined;
    if (this.#head === this.#waiting.length || this.#head === compactAt) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }

  #takeWaiting(): readonly Outstanding[] {
    const left = this.#waiting.slice(this.#head) as Outstanding[];
    this.#waiting = [];
    this.#head = 0;
    return left;
  }

  #checkTimeouts(): void {
    if (this.#connection.isClosed()) return;
    const now = performance.now();
    const due: Outstanding[] = [];
    this.#outstanding.each((publish) => {
      if (publish.isUnheard || now - publish.sentAtMs >= patienceMs(publish)) due.push(publish);
    });
    // In the order in which they were sent.
    due.sort((a, b) => a.token - b.token);
    for (const publish of due) {
      if (!isGivenUp(publish, now)) this.#resend(publish);
      else
        this.#finish(
          publish,
          new VrskyError(
            'VRS8102',
            `no acknowledgement from JetStream for ${publish.subject} after ${publish.tries} tries`,
            { retryable: true },
          ),
        );
    }
  }

  #resend(publish: Outstanding): void {
    if (this.#outstanding.delete(publish.token)) this.#bytes -= publish.data.byteLength;
    this.#put(publish);
  }
}

function patienceMs({ tries }: Outstanding): number {
  return Math.min(ackTimeoutMs, 500 * 2 ** tries);
}

function isGivenUp({ firstSentAtMs, tries }: Outstanding, nowMs: number): boolean {
  return tries >= leastTries && nowMs - firstSentAtMs >= giveUpMs;
}

const letterE = 0x65;
const letterR = 0x72;

/** A PubAck that begins with `{"error"` or a status without data is an error; everything else is stored. */
function ackError(subject: string, answer: Frame): VrskyError | undefined {
  if (answer.dataLength === 0)
    return publishError(subject, { code: 503, description: 'no stream holds the subject' });
  const { bytes, dataAt } = answer;
  if (bytes[dataAt + 2] !== letterE || bytes[dataAt + 3] !== letterR) return undefined;
  const { error } = JSON.parse(answer.data.toString()) as { readonly error: unknown };
  return publishError(subject, error);
}
