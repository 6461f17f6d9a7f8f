// Sweeps the store of a tortured flow as if much time had passed, and tells what is left.
import { buckets } from '../../engine/compile/topology.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { PayloadCollector } from '../../engine/payload/collector.ts';
import { PayloadHolders } from '../../engine/payload/holders.ts';
import type { PayloadStore } from '../../engine/payload/payload-store.ts';
import type { PayloadArena } from './payload-arena.ts';

/** What is left in the store once everything there has expired, and in the streams. */
export async function sweptAfter(
  { server }: Pick<PayloadArena, 'server'>,
  name: string,
  store: PayloadStore,
  ms: number,
): Promise<{ readonly keys: readonly string[]; readonly waiting: number }> {
  const { broker, cluster } = await connectBroker({ servers: [server], name: 'payload-kills' });
  const bucket = await broker.bucket(buckets.payloads);
  const collector = new PayloadCollector({
    stores: new Map([[name, store]]),
    holders: new PayloadHolders(() => Promise.resolve(bucket)),
    oldestWaiting: () => Promise.resolve(undefined),
    now: () => Date.now() + ms,
  });
  const observing = new AbortController();
  await bucket.watch((key, value, revision) => collector.observe(key, value, revision), observing.signal);
  try {
    await collector.sweepExpired();
    const keys: string[] = [];
    for await (const { key } of store.list()) keys.push(key);
    const streams = await cluster.listStreams();
    return {
      keys,
      waiting: streams.reduce(
        (sum, { spec, messages }) => sum + (spec.retention === 'workqueue' ? messages : 0),
        0,
      ),
    };
  } finally {
    observing.abort();
    await broker.close();
  }
}
