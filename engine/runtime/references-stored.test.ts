// Large payloads on their way in: stored once, before their message is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from '../compile/sample-graph.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { decodeReference } from '../payload/reference.ts';
import { ingest, large, streamed } from './reference-flow.ts';

test('a large payload is stored before its message, which carries the reference', async () => {
  const { settled, publisher, store, bucket } = await ingest([{ id: 'f1' }]);
  const [stored] = publisher.published;
  const reference = decodeReference(Buffer.from(stored?.data ?? ''));
  assert.deepEqual(settled, ['ack']);
  assert.deepEqual([reference.size, reference.contentType], [large.length, 'application/json']);
  assert.equal(Buffer.from(store.objects.get(reference.key) ?? []).toString(), large);
  assert.equal(stored?.headers['Vrsky-Reference'], encodeURIComponent('orders/in/out/f1'));
  assert.equal(bucket.entries.size, 0, 'its message alone needs it');
});

test('a stream goes by its size: a short one travels in its message, a long one by reference', async () => {
  const { settled, publisher, store } = await ingest([
    { payload: streamed('{"id":1}') },
    { payload: streamed(large) },
  ]);
  assert.deepEqual(settled, ['ack', 'ack']);
  assert.equal(publisher.published[0]?.data, '{"id":1}');
  assert.equal(publisher.published[0]?.headers['Vrsky-Reference'], undefined);
  assert.equal([...store.objects.values()].map(String).join(), large);
});

test('a stream that breaks is not accepted, with a cursor or without, and leaves nothing', async () => {
  const { settled, publisher, bucket } = await ingest([
    { payload: streamed(large, 300) },
    { payload: streamed(large, 300), cursor: 7 },
  ]);
  assert.deepEqual(settled, ['busy', 'busy']);
  assert.deepEqual([publisher.published, bucket.entries.size], [[], 0]);
});

test('nothing is accepted while the store is down', async () => {
  const { settled, publisher } = await ingest([{}], ({ store }) => {
    store.fail = () => new VrskyError('VRS8503', 'down', { retryable: true });
  });
  assert.deepEqual([settled, publisher.published], [['busy'], []]);
});

test('the object of a message that the stream refused is free', async () => {
  const { settled, lone } = await ingest([{}], ({ publisher }) => {
    publisher.fail = () => new VrskyError('VRS8101', 'full', { retryable: true });
  });
  assert.deepEqual([settled, lone.takeFreed(0).length], [['busy'], 1]);
});

test('each of several first stages holds the object itself, and copies that may meet again have ids of their own', async () => {
  const steps = [step('left', 'set', ['out']), step('right', 'set', ['out'])];
  const { settled, publisher, store } = await ingest([{ id: 'f1' }], () => undefined, {
    steps,
    entry: ['left', 'right'],
  });
  assert.deepEqual([settled, store.objects.size], [['ack'], 1]);
  const [left, right] = publisher.published.map(({ headers }) => headers);
  assert.deepEqual(
    [left?.['Vrsky-Reference'], right?.['Vrsky-Reference']],
    [encodeURIComponent('orders/in/left/f1'), encodeURIComponent('orders/in/right/f1')],
  );
  assert.match(`${left?.['Vrsky-Id']} ${right?.['Vrsky-Id']}`, /^(\S+)~left \1~right$/);
});
