// Hands numbered messages to a webhook, each until it was accepted; remembers which were.
import { Agent, request } from 'node:http';

export interface Fed {
  /** Ids that were answered 202. */
  readonly accepted: ReadonlySet<number>;
  /** Tries that were not. */
  readonly refused: number;
}

export interface FeedOptions {
  readonly url: string;
  readonly count: number;
  /** Lanes that feed side by side; ids go round them, so that those with the same remainder are offered in order. */
  readonly concurrency: number;
  /** 0 when absent. */
  readonly firstId?: number;
  /** Ends the feeding early. */
  readonly signal?: AbortSignal;
  /** Called after each acceptance; a case may hurt something right there. */
  readonly onAccepted?: (id: number, total: number) => void | Promise<void>;
}

const retryMs = 25;
const timeoutMs = 10_000;

/** Resolves when every message was accepted. */
export async function feed(options: FeedOptions): Promise<Fed> {
  const { url, count, concurrency, firstId = 0, signal, onAccepted } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const accepted = new Set<number>();
  let refused = 0;
  const lane = async (_: unknown, first: number): Promise<void> => {
    for (let id = firstId + first; id < firstId + count; id += concurrency) {
      while ((await post(agent, url, id, concurrency)) !== 202) {
        if (signal?.aborted === true) return;
        refused++;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
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
