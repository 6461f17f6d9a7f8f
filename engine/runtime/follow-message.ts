// Hands a flow one message and follows it, and everything made of it, to the end.
import { randomUUID } from 'node:crypto';
import { storeSubject } from '../compile/lanes.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import { encodeHeaders, header } from './envelope.ts';
import { compileKey } from './lanes/order-key.ts';
import { messageFor } from './message-for.ts';
import type { Broker } from './ports.ts';
import type { TraceEvent } from './trace.ts';

export interface FollowOptions {
  /** The consumer whose place the message takes; the first when absent. */
  readonly consumer?: string;
  readonly timeoutMs: number;
  readonly onEvent: (event: TraceEvent) => void;
}

/** Resolves with true when everything settled, with false when time ran out first. Throws VRS8401 for an unknown consumer. */
export async function sendAndFollow(
  broker: Broker,
  flow: CompiledFlow,
  message: Message,
  options: FollowOptions,
): Promise<boolean> {
  const consumer =
    options.consumer === undefined
      ? flow.consumers[0]
      : flow.consumers.find(({ name }) => name === options.consumer);
  if (consumer === undefined) {
    const names = flow.consumers.map(({ name }) => name).join(', ');
    throw new VrskyError('VRS8401', `flow ${flow.name} has no consumer ${options.consumer}; it has ${names}`);
  }
  const subject = `vrsky.trace.${randomUUID()}`;
  const listening = new AbortController();
  const tree = new TraceTree(consumer.stages.length);
  const settled = new Promise<true>((resolve) => {
    const onEvent = (value: unknown) => {
      const event = value as TraceEvent;
      options.onEvent(event);
      if (tree.add(event)) resolve(true);
    };
    broker.listen(subject, onEvent, listening.signal);
  });
  try {
    const ordered = await withOrderKey(flow, message);
    const data = message.payload.bytes();
    await Promise.all(
      consumer.stages.map((target) => {
        const headers = encodeHeaders(messageFor(target.stage, target, ordered), [[header.trace, subject]]);
        return broker.publisher.publish(storeSubject(target, ordered.orderKey), data, headers);
      }),
    );
    return await Promise.race([settled, timeout(options.timeoutMs, listening.signal)]);
  } finally {
    listening.abort();
  }
}

async function withOrderKey({ ordering }: CompiledFlow, message: Message): Promise<Message> {
  const orderKey = ordering === undefined ? undefined : await compileKey(ordering.key)(message);
  return orderKey === undefined ? message : { ...message, orderKey };
}

/** Knows when every message that descends from the first ones is settled, in whatever order the events come. */
export class TraceTree {
  readonly #roots: number;
  #settledRoots = 0;
  /** Per token: how many it published (once known) and how many of those are settled. */
  readonly #nodes = new Map<string, { published: number | undefined; settledChildren: number }>();

  constructor(roots: number) {
    this.#roots = roots;
  }

  /** Answers whether all is settled now. */
  add(event: TraceEvent): boolean {
    if (event.outcome.kind === 'retry') return false;
    const node = this.#node(event.token);
    // A redelivered message that had settled before reports twice.
    if (node.published === undefined) {
      node.published = event.outcome.kind === 'settled' ? event.outcome.published : 0;
      if (event.parent === undefined) this.#settledRoots++;
      else this.#node(event.parent).settledChildren++;
    }
    if (this.#settledRoots < this.#roots) return false;
    return [...this.#nodes.values()].every(
      ({ published, settledChildren }) => published !== undefined && settledChildren >= published,
    );
  }

  #node(token: string) {
    let node = this.#nodes.get(token);
    if (node === undefined) {
      node = { published: undefined, settledChildren: 0 };
      this.#nodes.set(token, node);
    }
    return node;
  }
}

function timeout(ms: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
