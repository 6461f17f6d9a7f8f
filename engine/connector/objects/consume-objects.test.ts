// Objects on their way in: replaced, vanished, too large, hard to delete; and what is remembered of those that stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ObjectBucket, ObjectFailure } from '../../payload/stores/object-bucket.ts';
import { busy } from '../conformance/consumer-run.ts';
import { eventually, settle, within } from '../conformance/patience.ts';
import { createTestContext } from '../conformance/test-context.ts';
import type { Delivery, JsonValue } from '../contract.ts';
import { consumeObjects } from './consume-objects.ts';
import type { ObjectConsumerConfig } from './object-config.ts';

interface Stored {
  readonly body: Buffer;
  readonly version: string;
}

/** A bucket in memory. `stubborn`: nothing can be deleted. */
class MemoryBucket {
  readonly objects = new Map<string, Stored>();
  stubborn = false;
  lists = 0;
  #versions = 0;

  put(key: string, body: string | Buffer): void {
    this.objects.set(key, { body: Buffer.from(body), version: String(++this.#versions) });
  }

  #at(key: string, version?: string): Stored {
    const found = this.objects.get(key);
    if (found === undefined) throw new ObjectFailure('gone', `${key} is gone`);
    if (version !== undefined && found.version !== version)
      throw new ObjectFailure('changed', `${key} has changed`);
    return found;
  }

  open(): ObjectBucket {
    const at = (key: string, version?: string) => this.#at(key, version);
    const { objects } = this;
    const description = { contentType: 'text/plain', metadata: { by: 'me' } };
    const listed = () => {
      this.lists++;
      return [...objects].sort(([a], [b]) => (a < b ? -1 : 1));
    };
    return {
      probe: () => Promise.resolve(),
      async *list(prefix, _signal, after = '') {
        for (const [key, { body, version }] of await Promise.resolve(listed()))
          if (key.startsWith(prefix) && key > after)
            yield { key, size: body.byteLength, modifiedMs: 0, version };
      },
      describe: async (key, version) => {
        at(key, version);
        return description;
      },
      read: async (key, _signal, version) => {
        const { body } = at(key, version);
        async function* content(): AsyncGenerator<Uint8Array> {
          yield await Promise.resolve(body);
        }
        return { ...description, content: content() };
      },
      write: () => assert.fail(),
      copy: async ({ key, version }, to) => void objects.set(to, at(key, version)),
      delete: async (key, version) => {
        if (this.stubborn) throw new ObjectFailure('failed', 'not now');
        at(key, version);
        objects.delete(key);
      },
      tag: () => Promise.resolve(),
      link: () => assert.fail(),
      abandonUploads: () => assert.fail(),
      close: () => undefined,
    };
  }
}

function consuming(bucket: MemoryBucket, config: Partial<ObjectConsumerConfig> = {}, cursor?: JsonValue) {
  const context = createTestContext({ cursor });
  const full: ObjectConsumerConfig = { prefix: 'in/', every: '5ms', after: 'delete', ...config };
  const deliveries = consumeObjects(bucket.open(), full, context);
  return {
    context,
    next: async (): Promise<Delivery> => {
      const { value } = await within(deliveries.next(), 'a delivery');
      assert.ok(value !== undefined);
      return value;
    },
    /** Ends it; answers what it offered until then. */
    stop: async (): Promise<readonly (string | undefined)[]> => {
      const keys: (string | undefined)[] = [];
      const pending = deliveries.next();
      await settle();
      context.stop();
      for (let next = await pending; next.done !== true; next = await deliveries.next()) {
        keys.push(next.value.key);
        await next.value.nack(busy);
      }
      return keys;
    },
  };
}

test('an object carries its key, its type and its metadata', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/a/b .txt', 'content');
  const { next, stop } = consuming(bucket);
  const { payload, key, headers, ack } = await next();
  assert.equal(Buffer.from(payload.bytes()).toString(), 'content');
  assert.equal(payload.contentType, 'text/plain');
  assert.equal(key, 'in/a/b .txt');
  assert.equal(headers?.['file-name'], 'b .txt');
  assert.equal(headers?.['object-meta-by'], 'me');
  await ack();
  await stop();
  assert.equal(bucket.objects.size, 0);
});

test('an object that was replaced after it was read stays, and is taken next', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/a', 'old');
  const { next, stop, context } = consuming(bucket);
  const first = await next();
  bucket.put('in/a', 'new');
  await first.ack();
  assert.match(context.logs[0]?.message ?? '', /was replaced/);
  const second = await next();
  assert.equal(Buffer.from(second.payload.bytes()).toString(), 'new');
  await second.ack();
  assert.deepEqual(await stop(), []);
});

test('an object that cannot be deleted is not offered again, and deleted as soon as it can be', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/a', 'x');
  bucket.stubborn = true;
  const { next, stop } = consuming(bucket);
  await (await next()).ack();
  const { lists } = bucket;
  const rest = stop();
  await eventually('it looks again', () => bucket.lists > lists);
  assert.deepEqual(await rest, []);
  assert.equal(bucket.objects.size, 1);
});

test('an object that is held back and goes does not keep the consumer busy', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/a', 'x');
  const { next, stop } = consuming(bucket, { every: '1h' });
  await (await next()).nack({ ...busy, retryAfterMs: 1 });
  bucket.objects.clear();
  const rest = stop();
  assert.deepEqual(await rest, []);
  assert.ok(bucket.lists <= 2, String(bucket.lists));
});

test('objects are moved out of the way, and those there are not taken again', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/x/a', '1');
  const { next, stop } = consuming(bucket, { after: 'move', moveTo: 'in/done/' });
  await (await next()).ack();
  assert.deepEqual([...bucket.objects.keys()], ['in/done/x/a']);
  assert.deepEqual(await stop(), []);
});

test('what stays is remembered by the marker: in the order of keys, behind the cursor', async () => {
  const bucket = new MemoryBucket();
  for (const key of ['in/1', 'in/2', 'in/3']) bucket.put(key, key);
  const { next, stop } = consuming(bucket, { after: 'keep' }, { after: 'in/1' });
  const second = await next();
  assert.equal(second.key, 'in/2');
  assert.deepEqual(second.cursor, { after: 'in/2' });
  await second.ack();
  const third = await next();
  await third.ack();
  bucket.put('in/4', 'later');
  assert.equal((await next()).key, 'in/4');
  void stop();
});

test('a stream that breaks is offered again before anything behind it', async () => {
  const bucket = new MemoryBucket();
  bucket.put('in/1', Buffer.alloc(300_000));
  bucket.put('in/2', 'x');
  const { next } = consuming(bucket, { after: 'keep' });
  const first = await next();
  assert.ok(first.payload.content !== undefined);
  const after = next();
  await settle();
  await first.nack({ ...busy, retryAfterMs: 1 });
  const again = await after;
  assert.equal(again.key, 'in/1');
  const last = next();
  await again.ack();
  assert.equal((await last).key, 'in/2');
});

test('patterns, folders and sizes leave objects where they are', async () => {
  const bucket = new MemoryBucket();
  for (const key of ['in/', 'in/folder/', 'in/a.csv', 'in/b.xml', 'out/c.csv']) bucket.put(key, 'x');
  bucket.put('in/large.csv', Buffer.alloc(2000));
  const { next, stop, context } = consuming(bucket, { pattern: '*.csv', maxSize: '1KB' });
  const only = await next();
  assert.equal(only.key, 'in/a.csv');
  await only.ack();
  assert.deepEqual(await stop(), []);
  assert.match(context.logs.map(({ message }) => message).join('\n'), /in\/large\.csv has 2000 bytes/);
});
