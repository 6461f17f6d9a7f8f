// Takes the payload store away under a running engine: nothing is accepted that is not stored, nothing is lost, and all is well again by itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { startMortalS3 } from '../../engine/devserver/object-servers/s3-servers.ts';
import { engineStore } from '../../engine/payload/depot.ts';
import { bucketStore } from '../../engine/payload/stores/bucket-store.ts';
import { diskStore } from '../../engine/payload/stores/disk/disk-store.ts';
import { s3Bucket } from '../../engine/payload/stores/s3/s3-bucket.ts';
import { benchStore } from '../bench/payload/bench-store.ts';
import { openPayloadArena } from './payload-arena.ts';
import { sweptAfter } from './swept-store.ts';

const bytes = 12_000_000;
const twoDaysMs = 48 * 3_600_000;
const signal = new AbortController().signal;

suite('a payload store that goes away and comes back', { concurrency: true }, () => {
  test('an S3 that is away, and dies during an upload and during a download', async (t) => {
    const server = await startMortalS3();
    if (isMissing(server)) return t.skip(server.missing);
    t.after(() => server.stop());
    if (server.lacks.includes('uploads')) return t.skip('what is left of uploads cannot be asked of s3rver');
    const { child } = server;
    assert.ok(child);
    const { spec, bucket: used } = await benchStore(server);
    const arena = await openPayloadArena({ store: spec });
    t.after(() => arena.close());
    const inbox = (name: string) => path.join(arena.directory, 'in', name);
    const names = ['before.bin', 'up.bin', 'down.bin'];
    const digests = new Map<string, string>();
    for (const name of names) digests.set(name, await arena.prepare(name, bytes));
    await arena.engine.start();

    const refused = arena.engine.says(/not accepted \(busy\): .*store/);
    await child.kill();
    await arena.offer('before.bin');
    await refused;
    assert.ok(existsSync(inbox('before.bin')), 'nothing was acknowledged');
    await child.revive();
    assert.equal(await arena.arrived('before.bin'), digests.get('before.bin'));

    // How far the others are when it dies is left to chance.
    await arena.offer('up.bin');
    await until(async () => !existsSync(inbox('up.bin')) || (await folderBytes(child.folder)) > 1_000_000);
    await child.kill();
    await child.revive();
    assert.equal(await arena.arrived('up.bin'), digests.get('up.bin'));

    await arena.offer('down.bin');
    await until(async () => !existsSync(inbox('down.bin')));
    await child.kill();
    await child.revive();
    assert.equal(await arena.arrived('down.bin'), digests.get('down.bin'));

    await arena.engine.stop();
    const bucket = s3Bucket({ ...server.settings, bucket: used?.name ?? '' });
    t.after(() => bucket.close());
    assert.deepEqual(await sweptAfter(arena, 'bench', bucketStore(bucket), twoDaysMs), {
      keys: [],
      waiting: 0,
    });
    for await (const { key } of bucket.list('', signal)) assert.fail(`${key} is left`);
  });

  test('a disk that is full until somebody makes room', async (t) => {
    const arena = await openPayloadArena();
    const folder = path.join(arena.directory, '.vrsky', 'payloads');
    await mkdir(folder, { recursive: true });
    const unmount = mountSmall(t, folder, 6);
    t.after(async () => {
      await arena.engine.kill();
      unmount?.();
      await arena.close();
    });
    if (unmount === undefined) return;
    const digest = await arena.prepare('a.bin', bytes);
    const refused = arena.engine.says(/not accepted \(busy\): .*ENOSPC/);
    await arena.engine.start();
    await arena.offer('a.bin');
    await refused;
    assert.ok(existsSync(path.join(arena.directory, 'in', 'a.bin')), 'nothing was acknowledged');
    await until(async () =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).every((one) => !one.isFile()),
    );
    execFileSync('mount', ['-o', 'remount,size=64m', folder]);
    assert.equal(await arena.arrived('a.bin'), digest);
    await arena.engine.stop();
    assert.deepEqual(await sweptAfter(arena, engineStore, diskStore(folder), twoDaysMs), {
      keys: [],
      waiting: 0,
    });
  });
});

/** A memory disk of so many MiB there; answers what takes it away. Skips the test where that cannot be had. */
function mountSmall(t: TestContext, folder: string, mebibytes: number): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    t.skip(`a small disk can only be mounted by root: ${(error as Error).message.split('\n', 1)}`);
    return undefined;
  }
  return () => {
    execFileSync('umount', [folder]);
  };
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    if (entry.isFile())
      sum += (await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  return sum;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(5);
}
