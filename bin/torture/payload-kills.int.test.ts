// Kills the engine at points spread over the transfer of large files: each arrives as it was sent, and nothing stays in the store for ever.
// `KILLS=20 MEGABYTES=200 node --test bin/torture/payload-kills.int.test.ts` is the long form.
import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { startFauxS3, startMortalS3 } from '../../engine/devserver/object-servers/s3-servers.ts';
import { engineStore } from '../../engine/payload/depot.ts';
import { bucketStore } from '../../engine/payload/stores/bucket-store.ts';
import { diskStore } from '../../engine/payload/stores/disk/disk-store.ts';
import { s3Bucket } from '../../engine/payload/stores/s3/s3-bucket.ts';
import { benchStore } from '../bench/payload/bench-store.ts';
import { openPayloadArena, type PayloadArena } from './payload-arena.ts';
import { sweptAfter } from './swept-store.ts';

const kills = Number(process.env.KILLS ?? 2);
const megabytes = Number(process.env.MEGABYTES ?? 20);
const signal = new AbortController().signal;

suite('engines killed in the middle of transfers', { concurrency: true }, () => {
  test(`on disk: killed at ${kills} points of transfers of ${megabytes} MB, everything arrives as it was sent`, async (t) => {
    const arena = await openPayloadArena();
    t.after(() => arena.close());
    t.diagnostic(await transferAndKill(arena));
    const store = diskStore(path.join(arena.directory, '.vrsky', 'payloads'));
    assert.deepEqual(await sweptAfter(arena, engineStore, store, 48 * 3_600_000), { keys: [], waiting: 0 });
  });

  test(`in S3: killed at ${kills} points of transfers of ${megabytes} MB, everything arrives as it was sent`, async (t) => {
    // What is in the memory of this process is too much of it in the long form.
    const server = await (kills > 5 ? startMortalS3() : startFauxS3());
    if (isMissing(server)) return t.skip(server.missing);
    t.after(() => server.stop());
    const { spec, bucket: used } = await benchStore(server);
    const arena = await openPayloadArena({ store: spec });
    t.after(() => arena.close());
    t.diagnostic(await transferAndKill(arena));
    const bucket = s3Bucket({ ...server.settings, bucket: used?.name ?? '' });
    t.after(() => bucket.close());
    const swept = await sweptAfter(arena, 'bench', bucketStore(bucket), 48 * 3_600_000);
    assert.deepEqual(swept, { keys: [], waiting: 0 });
    // Of any name, whatever the store makes of it.
    for await (const { key } of bucket.list('', signal)) assert.fail(`${key} is left`);
  });
});

/** Answers what was done. */
async function transferAndKill(arena: PayloadArena): Promise<string> {
  const sent = new Map<string, string>();
  const prepare = async (name: string) => {
    sent.set(name, await arena.prepare(name, megabytes * 1_000_000));
  };
  await prepare('undisturbed.bin');
  await arena.engine.start();
  const began = Date.now();
  await arena.offer('undisturbed.bin');
  await arena.written('undisturbed.bin');
  const wholeMs = Date.now() - began;
  for (let kill = 0; kill < kills; kill++) {
    const name = `${kill}.bin`;
    await prepare(name);
    await arena.offer(name);
    await pause((wholeMs * (kill + 1)) / (kills + 1));
    await arena.engine.kill();
    await arena.engine.start();
    // One after the other, so that each is cut at its own point of the way.
    assert.equal(await arena.arrived(name), sent.get(name), name);
  }
  for (const [name, digest] of sent) assert.equal(await arena.arrived(name), digest, name);
  await arena.engine.stop();
  return `${sent.size} files, ${arena.engine.kills} kills, a transfer alone took ${wholeMs} ms`;
}
