// What `after: move` promises, as tests to be run over each kind of bucket with its real server.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { ObjectBucket } from '../../payload/stores/object-bucket.ts';
import { within } from '../conformance/patience.ts';
import { createTestContext } from '../conformance/test-context.ts';
import { consumeObjects } from './consume-objects.ts';
import type { ObjectFixtureParts } from './test-fixture.ts';

const config = { prefix: 'in/', every: '20ms', after: 'move', moveTo: 'done/' } as const;
const signal = new AbortController().signal;
const options = { contentType: 'text/csv', metadata: { by: 'me' } };
const oddNames = [
  'a b.txt',
  'a+b.txt',
  '100%.txt',
  'a%20b.txt',
  'a%2Fb.txt',
  'q=1&r;s,t:u@v.txt',
  "it's (1)!*~.txt",
  'x/y/z.txt',
  'blåbær 😀 日本.txt',
];

const largeBytes = 12_000_000;

/** `lacks`: what an emulator does not do as the service does. */
export function moveContract<Settings extends object>(
  name: string,
  { server, open }: Pick<ObjectFixtureParts<Settings>, 'server' | 'open'>,
  lacks: readonly ('conditions' | 'names' | 'types of streams' | 'uploads')[] = [],
): void {
  const opened = async () => open(await server.createBucket());

  test(`${name}: objects are moved as they are, whatever their names`, async () => {
    const bucket = await opened();
    const names = lacks.includes('names') ? oddNames.filter((odd) => !/[+;&]/.test(odd)) : oddNames;
    const contents = new Map(names.map((odd) => [odd, Buffer.from(odd)]));
    contents.set('large.bin', Buffer.alloc(largeBytes, 'large'));
    for (const [odd, content] of contents)
      await bucket.write(`in/${odd}`, inPieces(content), options, signal);
    const { next, stop } = consuming(bucket);
    for (let count = 0; count < contents.size; count++) await (await next()).ack();
    assert.deepEqual(await keysIn(bucket, 'in/'), []);
    assert.deepEqual(await keysIn(bucket, ''), [...contents.keys()].map((odd) => `done/${odd}`).sort());
    for (const [odd, content] of contents) {
      const moved = await bucket.read(`done/${odd}`, signal);
      assert.ok(content.equals(await buffer(moved.content)), odd);
      if (content.byteLength < largeBytes || !lacks.includes('types of streams'))
        assert.match(moved.contentType ?? '', /^text\/csv/);
      assert.equal(moved.metadata.by, 'me');
    }
    await stop();
  });

  test(`${name}: an object that was replaced after it was read stays, and its new version is taken next`, async (t) => {
    if (lacks.includes('conditions')) return t.skip('it copies whatever is there');
    const bucket = await opened();
    await bucket.write('in/a', Buffer.from('old'), options, signal);
    const { next, stop } = consuming(bucket);
    const first = await next();
    await bucket.write('in/a', Buffer.from('newer'), options, signal);
    await first.ack();
    assert.deepEqual(await keysIn(bucket, ''), ['in/a']);
    const second = await next();
    assert.equal(Buffer.from(second.payload.bytes()).toString(), 'newer');
    assert.notEqual(second.id, first.id);
    await second.ack();
    assert.deepEqual(await keysIn(bucket, ''), ['done/a']);
    await stop();
  });

  test(`${name}: after a crash between copy and delete the object is taken once more, by the same id`, async () => {
    const bucket = await opened();
    await bucket.write('in/a', Buffer.from('content'), options, signal);
    const copied = Promise.withResolvers<void>();
    // Nothing goes on from here: that is what a crash is to everybody else.
    const doomed = consuming({
      ...bucket,
      delete: () => {
        copied.resolve();
        return new Promise(() => undefined);
      },
    });
    const first = await doomed.next();
    void first.ack();
    await within(copied.promise, 'the copy');
    assert.deepEqual(await keysIn(bucket, ''), ['done/a', 'in/a']);
    const { next, stop } = consuming(bucket);
    const again = await next();
    assert.equal(again.id, first.id);
    assert.equal(Buffer.from(again.payload.bytes()).toString(), 'content');
    await again.ack();
    assert.deepEqual(await keysIn(bucket, ''), ['done/a']);
    assert.equal((await buffer((await bucket.read('done/a', signal)).content)).toString(), 'content');
    await stop();
  });
}

function consuming(bucket: ObjectBucket) {
  const context = createTestContext({});
  const deliveries = consumeObjects(bucket, config, context);
  return {
    next: async () => {
      const { value } = await within(deliveries.next(), 'a delivery');
      assert.ok(value !== undefined);
      return value;
    },
    stop: async () => {
      const end = deliveries.next();
      context.stop();
      assert.equal((await end).done, true);
    },
  };
}

/** A request takes only so much with some. */
async function* inPieces(content: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < content.byteLength; at += 1_000_000)
    yield await Promise.resolve(content.subarray(at, at + 1_000_000));
}

async function keysIn(bucket: ObjectBucket, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix, signal)) keys.push(key);
  return keys.sort();
}
