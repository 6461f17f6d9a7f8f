// Objects on disk are whole or not there; what was altered is never given out whole.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { VrskyError } from '../../../diagnostics/vrsky-error.ts';
import type { PayloadReference } from '../../reference.ts';
import { storeContent, verifiedContent } from '../../store-content.ts';
import { diskStore } from './disk-store.ts';

const signal = new AbortController().signal;
const description = {
  store: 'default',
  flow: 'orders',
  contentType: 'text/plain',
  expiresAt: 1_700_000_000_000,
};

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payload-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function* chunks(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(bytes, index);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function stored(folder: string): Promise<PayloadReference> {
  return storeContent(diskStore(folder), description, chunks(5, 300_000), signal);
}

/** What a receiver got before the end or the error. */
async function received(folder: string, reference: PayloadReference) {
  let size = 0;
  try {
    for await (const chunk of verifiedContent(diskStore(folder), reference, signal)) size += chunk.byteLength;
    return { size, error: undefined };
  } catch (error) {
    return { size, error: error as VrskyError };
  }
}

test('content comes out as it went in', async (t) => {
  const folder = await temporaryFolder(t);
  const reference = await stored(folder);
  assert.equal(reference.size, 1_500_000);
  const out = Buffer.concat(await collect(verifiedContent(diskStore(folder), reference, signal)));
  assert.deepEqual(out, Buffer.concat(await collect(chunks(5, 300_000))));
});

test('content of no bytes is content', async (t) => {
  const folder = await temporaryFolder(t);
  const reference = await storeContent(diskStore(folder), description, chunks(0, 0), signal);
  assert.deepEqual(await received(folder, reference), { size: 0, error: undefined });
});

test('a listing has every object with its size until it is deleted', async (t) => {
  const folder = await temporaryFolder(t);
  const store = diskStore(folder);
  assert.deepEqual(await collect(store.list()), []);
  const { key } = await stored(folder);
  await writeFile(path.join(folder, 'not-ours.txt'), 'x');
  assert.deepEqual(await collect(store.list()), [{ key, size: 1_500_000 }]);
  await store.delete(key);
  await store.delete(key);
  assert.deepEqual(await collect(store.list()), []);
});

test('a listing of a folder that does not exist yet is empty', async (t) => {
  const folder = path.join(await temporaryFolder(t), 'later');
  assert.deepEqual(await collect(diskStore(folder).list()), []);
});

test('content that fails midway leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(100_000);
    throw new Error('the sender hung up');
  }
  await assert.rejects(storeContent(diskStore(folder), description, broken(), signal), /hung up/);
  assert.deepEqual(await readdir(path.join(folder, 'orders')), []);
});

test('an aborted upload leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  const abort = new AbortController();
  async function* aborting(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(100_000);
    abort.abort();
    yield Buffer.alloc(100_000);
  }
  await assert.rejects(storeContent(diskStore(folder), description, aborting(), abort.signal), {
    name: 'AbortError',
  });
  assert.deepEqual(await readdir(path.join(folder, 'orders')), []);
});

for (const [what, says, alter] of [
  ['truncated', /1000000 of 1500000 bytes are left/, (file: string) => truncate(file, 1_000_000)],
  ['emptied', /0 of 1500000 bytes are left/, (file: string) => truncate(file, 0)],
  ['altered', /its SHA-256 is another/, (file: string) => writeFile(file, Buffer.alloc(1_500_000, 9))],
  [
    'lengthened',
    /longer than 1500000 bytes/,
    (file: string) => writeFile(file, Buffer.alloc(1, 9), { flag: 'a' }),
  ],
] as const) {
  test(`an object that was ${what} is never given out whole, and trying again is no use`, async (t) => {
    const folder = await temporaryFolder(t);
    const reference = await stored(folder);
    await alter(path.join(folder, reference.key));
    const { size, error } = await received(folder, reference);
    assert.equal(error?.code, 'VRS8502');
    assert.match(error?.message ?? '', says);
    assert.equal(error?.retryable, false);
    assert.ok(size < reference.size, `${size} bytes were given out`);
  });
}

test('an object deleted under its reference is gone, and trying again is no use', async (t) => {
  const folder = await temporaryFolder(t);
  const reference = await stored(folder);
  await diskStore(folder).delete(reference.key);
  const { error } = await received(folder, reference);
  assert.equal(error?.code, 'VRS8501');
  assert.equal(error?.retryable, false);
});

test('a store that cannot be written to may work again later', async (t) => {
  const folder = path.join(await temporaryFolder(t), 'store');
  await writeFile(folder, 'a file where the folder should be');
  await assert.rejects(stored(folder), { code: 'VRS8503', retryable: true });
  await rm(folder);
  assert.equal((await stored(folder)).size, 1_500_000);
});

test('a key that leads out of the folder is refused', async (t) => {
  const store = diskStore(await temporaryFolder(t));
  await assert.rejects(async () => store.delete('../secrets'), { code: 'VRS8504' });
  await assert.rejects(async () => store.put('/etc/passwd', chunks(1, 1), signal), { code: 'VRS8504' });
});
