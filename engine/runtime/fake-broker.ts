// A message system in memory for tests of the runtime: what is published is listed, what is pulled is handed in by the test.
import type { Broker, HeaderPairs, Inbound, Publisher, PullOptions } from './ports.ts';

export interface Published {
  readonly subject: string;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string | undefined;
}

/** A publisher that stores at once, unless `fail` answers an error for the subject. */
export class FakePublisher implements Publisher {
  readonly published: Published[] = [];
  fail: (subject: string) => Error | undefined = () => undefined;
  pending = 0;

  send(
    subject: string,
    data: Uint8Array,
    headers: HeaderPairs,
    id: string | undefined,
    done: (error?: Error) => void,
  ): void {
    const error = this.fail(subject);
    if (error === undefined)
      this.published.push({
        subject,
        data: Buffer.from(data).toString(),
        headers: Object.fromEntries(headers),
        id,
      });
    queueMicrotask(() => done(error));
  }

  publish(subject: string, data: Uint8Array, headers: HeaderPairs, id?: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.send(subject, data, headers, id, (error) => (error === undefined ? resolve() : reject(error))),
    );
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** Only what stages use: publishing and pulling. */
export function fakeBroker(publisher: FakePublisher) {
  let pulled: PullOptions | undefined;
  const broker = {
    publisher,
    pull: (options: PullOptions) => {
      pulled = options;
      return { stop: () => Promise.resolve(), pause: () => undefined, resume: () => undefined };
    },
    listen: () => undefined,
    emit: () => undefined,
  } as unknown as Broker;
  return { broker, hand: (message: Inbound) => pulled?.onMessage(message) };
}

let stored = 0;

/** A stored message, another one each time; `settled` resolves with how it ended. */
export function inboundMessage(data: string, headers: Readonly<Record<string, string>> = {}, deliveries = 1) {
  const settled = Promise.withResolvers<'ack' | { readonly nak: number }>();
  const message: Inbound = {
    subject: 'flow.orders.shape',
    data: Buffer.from(data),
    streamSequence: 7,
    deliveries,
    pending: 0,
    storedAtMs: Date.now() + ++stored,
    header: (name) => headers[name],
    eachHeader: (visit) => {
      for (const [name, value] of Object.entries(headers)) visit(name, value);
    },
    ack: () => settled.resolve('ack'),
    forget: () => undefined,
    nak: (delayMs) => settled.resolve({ nak: delayMs }),
  };
  return { message, settled: settled.promise };
}
