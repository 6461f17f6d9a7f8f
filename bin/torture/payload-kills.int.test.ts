// Kills the engine at points spread over the transfer of large files: each arrives as it was sent, and nothing stays in the store for ever.
// `KILLS=20 MEGABYTES=200 node --test bin/torture/payload-kills.int.test.ts` is the long form.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { buckets } from '../../engine/compile/topology.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { PayloadCollector } from '../../engine/payload/collector.ts';
import { engineStore } from '../../engine/payload/depot.ts';
import { PayloadHolders } from '../../engine/payload/holders.ts';
import { diskStore } from '../../engine/payload/stores/disk/disk-store.ts';
import { openPayloadArena, type PayloadArena } from './payload-arena.ts';

const kills = Number(process.env.KILLS ?? 3);
const megabytes = Number(process.env.MEGABYTES ?? 20);

test(`killed at ${kills} points of transfers of ${megabytes} MB, everything arrives as it was sent`, async (t) => {
  const arena = await openPayloadArena();
  t.after(() => arena.close());
  const sent = new Map<string, string>();
  const prepare = async (name: string) => {
    sent.set(name, await arena.prepare(name, megabytes * 1_000_000));
  };

  await prepare('undisturbed.bin');
  await arena.engine.start();
  const began = Date.now();
  await arena.offer('undisturbed.bin');
  await arena.arrived('undisturbed.bin');
  const wholeMs = Date.now() - began;

  for (let kill = 0; kill < kills; kill++) {
    const name = `${kill}.bin`;
    await prepare(name);
    await arena.offer(name);
    await pause((wholeMs * (kill + 1)) / (kills + 1));
    await arena.engine.kill();
    await arena.engine.start();
  }
  for (const [name, digest] of sent) assert.equal(await arena.arrived(name), digest, name);
  await arena.engine.stop();
  assert.deepEqual(await sweptAfter(arena, 48 * 3_600_000), { objects: [], waiting: 0 });
  t.diagnostic(`${sent.size} files, ${arena.engine.kills} kills, a transfer alone took ${wholeMs} ms`);
});

/** What is left in the store once everything there has expired, and in the streams. */
async function sweptAfter({ directory, server }: PayloadArena, ms: number) {
  const { broker, cluster } = await connectBroker({ servers: [server], name: 'payload-kills' });
  const folder = path.join(directory, '.vrsky', 'payloads');
  const bucket = await broker.bucket(buckets.payloads);
  const collector = new PayloadCollector({
    stores: new Map([[engineStore, diskStore(folder)]]),
    holders: new PayloadHolders(() => Promise.resolve(bucket)),
    isWaiting: () => Promise.resolve(false),
    now: () => Date.now() + ms,
  });
  const observing = new AbortController();
  await bucket.watch((key, value) => collector.observe(key, value), observing.signal);
  await collector.sweepExpired();
  observing.abort();
  const streams = await cluster.listStreams();
  await broker.close();
  return {
    objects: await readdir(path.join(folder, 'copy')),
    waiting: streams.reduce(
      (sum, { spec, messages }) => sum + (spec.retention === 'workqueue' ? messages : 0),
      0,
    ),
  };
}
