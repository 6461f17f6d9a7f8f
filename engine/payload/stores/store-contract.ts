// What every payload store does, as tests to be run over each of them with its real server.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newObjectKey } from '../object-key.ts';
import type { PayloadStore } from '../payload-store.ts';
import { storeContent, verifiedContent } from '../store-content.ts';

export interface StoreFixture {
  readonly store: PayloadStore;
  /** What lies there, finished or not, foreign names left out. */
  readonly leftovers: () => Promise<readonly string[]>;
  /** A store that nobody answers, or without its bucket. */
  readonly broken: PayloadStore;
  /** Whether the server can tell which uploads are unfinished; it can when not said. */
  readonly abandons?: boolean;
  /** Whether the server looks at the signature of a link, or at least follows it; not asked for one when not said. */
  readonly links?: 'checked' | 'followed';
}

const signal = new AbortController().signal;
const expiresAt = 1_900_000_000_000;
const description = { store: 'test', flow: 'orders', contentType: 'text/plain', expiresAt };

async function* chunks(count: number, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; index < count; index++) yield await Promise.resolve(Buffer.alloc(bytes, index));
}

async function sizeOf(content: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of content) size += chunk.byteLength;
  return size;
}

async function keysOf(store: PayloadStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys.sort();
}

/** `open` answers an empty store, or undefined after having skipped the test. */
export function storeContract(
  name: string,
  open: (t: TestContext) => Promise<StoreFixture | undefined>,
): void {
  const contract = (title: string, body: (fixture: StoreFixture) => Promise<void>) =>
    test(`${name}: ${title}`, async (t) => {
      const fixture = await open(t);
      if (fixture !== undefined) await body(fixture);
    });

  contract('content of any size comes out as it went in', async ({ store }) => {
    for (const [count, bytes] of [
      [0, 0],
      [1, 1],
      [3, 700_000],
      [20, 1_000_000],
    ] as const) {
      const reference = await storeContent(store, description, chunks(count, bytes), signal);
      assert.equal(reference.size, count * bytes);
      assert.equal(await sizeOf(verifiedContent(store, reference, signal)), count * bytes);
    }
  });

  contract('a listing has every object with its size until it is deleted', async ({ store }) => {
    assert.deepEqual(await keysOf(store), []);
    const references = [];
    for (const size of [10, 20])
      references.push(await storeContent(store, description, chunks(1, size), signal));
    assert.deepEqual(await keysOf(store), references.map(({ key }) => key).sort());
    for await (const { key, size } of store.list())
      assert.equal(size, references.find((reference) => reference.key === key)?.size);
    for (const { key } of references) await store.delete(key);
    assert.deepEqual(await keysOf(store), []);
  });

  contract(
    'several objects go at once where the store knows how; one that is not there is no error',
    async ({ store, broken }) => {
      if (store.deleteMany === undefined) return;
      const keys: string[] = [];
      for (const size of [10, 20, 30])
        keys.push((await storeContent(store, description, chunks(1, size), signal)).key);
      const [first = '', ...others] = keys;
      await store.deleteMany([...others, newObjectKey('orders', expiresAt)]);
      assert.deepEqual(await keysOf(store), [first]);
      await assert.rejects(async () => broken.deleteMany?.([first, newObjectKey('orders', expiresAt)]), {
        code: 'VRS8503',
      });
    },
  );

  contract('an object that is not there is gone for good; deleting it is no error', async ({ store }) => {
    const key = newObjectKey('orders', expiresAt);
    await assert.rejects(sizeOf(store.get(key, signal)), { code: 'VRS8501', retryable: false });
    await store.delete(key);
  });

  for (const megabytes of [1, 12])
    contract(`content that breaks after ${megabytes} MB leaves nothing and says why`, async (fixture) => {
      const hungUp = new Error('the sender hung up');
      async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
        yield* chunks(megabytes, 1_000_000);
        throw hungUp;
      }
      const storing = storeContent(fixture.store, description, broken(), signal);
      await assert.rejects(storing, (error) => error === hungUp);
      assert.deepEqual(await fixture.leftovers(), []);
    });

  contract('an aborted upload leaves nothing', async ({ store, leftovers }) => {
    const abort = new AbortController();
    async function* aborting(): AsyncGenerator<Uint8Array, void, undefined> {
      yield* chunks(12, 1_000_000);
      abort.abort();
      yield* chunks(12, 1_000_000);
    }
    await assert.rejects(storeContent(store, description, aborting(), abort.signal), { name: 'AbortError' });
    assert.deepEqual(await leftovers(), []);
  });

  contract('a store that does not work may work again later', async ({ broken }) => {
    const storing = storeContent(broken, description, chunks(1, 10), signal);
    await assert.rejects(storing, { code: 'VRS8503', retryable: true });
    const key = newObjectKey('orders', expiresAt);
    await assert.rejects(sizeOf(broken.get(key, signal)), { code: 'VRS8503', retryable: true });
  });

  contract('a link leads to its object, and to no other, until it expires', async ({ store, links }) => {
    if (links === undefined || store.link === undefined) return;
    const [one, other] = [
      await storeContent(store, description, chunks(1, 10), signal),
      await storeContent(store, description, chunks(1, 20), signal),
    ];
    const linkTo = (key: string, ms: number) =>
      store.link?.(key, { expiresAtMs: Date.now() + ms, contentType: 'text/csv' }) as Promise<string>;
    const link = await linkTo(one.key, 60_000);
    const answer = await fetch(link);
    assert.equal(answer.status, 200);
    assert.equal((await answer.arrayBuffer()).byteLength, 10);
    if (links === 'followed') return;
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/);
    assert.ok(link.includes(one.key), link);
    for (const altered of [link.replace(one.key, other.key), link.replace('text%2Fcsv', 'text%2Fhtml')]) {
      assert.notEqual(altered, link);
      const refused = await fetch(altered);
      assert.ok(refused.status >= 400 && refused.status < 500, `${refused.status} for ${altered}`);
      await refused.body?.cancel();
    }
    const short = await linkTo(one.key, 1000);
    const giveUpAt = Date.now() + 60_000;
    for (let status = 200; status === 200; ) {
      assert.ok(Date.now() < giveUpAt, 'a link never expires');
      const late = await fetch(short);
      await late.body?.cancel();
      ({ status } = late);
    }
  });

  contract(
    'uploads that were cut short are abandoned by age, finished objects stay',
    async ({ store, abandons }) => {
      if (abandons === false) return;
      const { key } = await storeContent(store, description, chunks(1, 10), signal);
      await store.abandonUploads(Date.now() + 60_000);
      assert.deepEqual(await keysOf(store), [key]);
    },
  );
}
