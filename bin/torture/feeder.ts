// Hands numbered messages to a webhook, each until it was accepted; remembers which were.
import { Agent, request } from 'node:http';

export interface Fed {
  /** Ids that were answered 202. */
  readonly accepted: ReadonlySet<number>;
  /** Tries that were not. */
  readonly refused: number;
  readonly longestStallMs: number;
}

export interface FeedOptions {
  readonly url: string;
  readonly count: number;
  readonly concurrency: number;
  /** 0 when absent. */
  readonly firstId?: number;
  /** Ends the feeding early. */
  readonly signal?: AbortSignal;
  /** Called after each acceptance; a case may kill something right there. */
  readonly onAccepted?: (id: number, total: number) => void | Promise<void>;
}

const retryMs = 25;
const timeoutMs = 10_000;

/** Resolves when every message was accepted. */
export async function feed(options: FeedOptions): Promise<Fed> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const accepted = new Set<number>();
  const firstId = options.firstId ?? 0;
  let next = firstId;
  let refused = 0;
  let longestStallMs = 0;
  let lastMs = Date.now();
  const lane = async (): Promise<void> => {
    for (let id = next++; id < firstId + options.count; id = next++) {
      while ((await post(agent, options.url, id)) !== 202) {
        if (options.signal?.aborted === true) return;
        refused++;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
      accepted.add(id);
      longestStallMs = Math.max(longestStallMs, Date.now() - lastMs);
      lastMs = Date.now();
      await options.onAccepted?.(id, accepted.size);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  agent.destroy();
  return { accepted, refused, longestStallMs };
}

/** The status, or 0 when the connection failed. The id travels as header too, so that a second try is recognised. */
function post(agent: Agent, url: string, id: number): Promise<number> {
  const body = JSON.stringify({ id, text: 'x'.repeat(200) });
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
