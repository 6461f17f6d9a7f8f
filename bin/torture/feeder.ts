// Hands numbered messages to webhooks, each until it was accepted; remembers which were.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Fed {
  /** Ids that were answered 202. */
  readonly accepted: ReadonlySet<number>;
  /** Tries that were not. */
  readonly refused: number;
}

export interface FeedOptions {
  /** A message that one of them does not take goes to the next. */
  readonly urls: readonly string[];
  /** How many; without end when absent. */
  readonly count?: number;
  /** These instead of numbers in a row. */
  readonly ids?: readonly number[];
  /** Lanes that feed side by side; ids go round them, so that those with the same remainder are offered in order. */
  readonly concurrency: number;
  /** 0 when absent. */
  readonly firstId?: number;
  /** Messages a second over all lanes; as fast as they are taken when absent. */
  readonly rate?: number;
  /** Ends the feeding; what was begun is brought to its end. */
  readonly stop?: AbortSignal;
  /** Ends it at once: what is not accepted yet is given up. */
  readonly giveUp?: AbortSignal;
  readonly onOffered?: (id: number) => void;
  /** Called after each acceptance; a case may hurt something right there. */
  readonly onAccepted?: (id: number, total: number) => void | Promise<void>;
}

const retryMs = 25;
const timeoutMs = 10_000;

/** Resolves when every message was accepted, or feeding was told to stop. */
export async function feed(options: FeedOptions): Promise<Fed> {
  const { concurrency, ids, firstId = 0, rate, stop, giveUp, onOffered, onAccepted } = options;
  const count = ids?.length ?? options.count ?? Number.POSITIVE_INFINITY;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const accepted = new Set<number>();
  const began = performance.now();
  let refused = 0;
  const offer = async (id: number): Promise<boolean> => {
    for (let tries = 0; giveUp?.aborted !== true; tries++) {
      const url = options.urls[(id + tries) % options.urls.length] as string;
      if ((await post(agent, url, id, concurrency)) === 202) return true;
      refused++;
      await pause(retryMs);
    }
    return false;
  };
  const lane = async (_: unknown, first: number): Promise<void> => {
    for (let n = first; n < count && stop?.aborted !== true; n += concurrency) {
      if (rate !== undefined) await pause(Math.max(0, began + (n * 1000) / rate - performance.now()));
      const id = ids?.[n] ?? firstId + n;
      onOffered?.(id);
      if (!(await offer(id))) return;
      accepted.add(id);
      await onAccepted?.(id, accepted.size);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  agent.destroy();
  return { accepted, refused };
}

/** The status, or 0 when the connection failed. The id travels as header too, so that a second try is recognised. */
function post(agent: Agent, url: string, id: number, keys: number): Promise<number> {
  const body = JSON.stringify({ id, key: `k${id % keys}`, text: 'x'.repeat(200) });
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        timeout: timeoutMs,
        headers: { 'content-type': 'application/json', 'x-id': String(id) },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', () => resolve(0));
      },
    );
    outgoing.once('error', () => resolve(0));
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.end(body);
  });
}
