// Large payloads on their way through stages: read as streams, kept while somebody needs them, freed after their last delivery.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from '../compile/sample-graph.ts';
import type { WriteOutcome } from '../connector/contract.ts';
import { PermanentError, RetryableError } from '../connector/errors.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import type { Payload } from '../payload/payload.ts';
import { decodeReference } from '../payload/reference.ts';
import { inboundMessage } from './fake-broker.ts';
import { large, setUp } from './reference-flow.ts';

test('a delivered payload is read as a stream, and free afterwards, without anything written down', async () => {
  const { process, written, bucket, lone, store } = setUp();
  assert.equal(await process(large), 'ack');
  assert.deepEqual(written, [large]);
  assert.equal(bucket.entries.size, 0);
  const freed = lone.takeFreed(0).map(({ object, holder }) => [object.key, holder]);
  assert.deepEqual(freed, [[[...store.objects.keys()][0], 'm1/shape']]);
});

test('of what may have been handed out before, who holds it is written down', async () => {
  const { process, bucket, lone } = setUp();
  assert.equal(await process(large, 2), 'ack');
  assert.deepEqual([bucket.only?.holders, bucket.only?.released], [[], ['m1/shape']]);
  assert.deepEqual(lone.takeFreed(0), []);
});

test('steps about headers leave a payload a stream; steps about content get it loaded', async () => {
  const load: boolean[] = [];
  for (const when of ["$headers.'x-kind' = 'a' or $id != ''", 'id = 1']) {
    const seen = setUp({
      steps: [step('shape', 'filter', ['out'], { config: { when } })],
      write: ({ payload }) => {
        load.push(payload.content !== undefined && !isHeld(payload));
        return Promise.resolve({ kind: 'delivered' });
      },
    });
    assert.equal(await seen.process(large), 'ack');
  }
  assert.deepEqual(load, [true, false]);
});

function isHeld(payload: Payload): boolean {
  try {
    payload.bytes();
    return true;
  } catch {
    return false;
  }
}

test('a producer that cannot stream gets the whole', async () => {
  const texts: string[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    texts.push(Buffer.from(payload.bytes()).toString());
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process } = setUp({ streams: false, write });
  assert.equal(await process(large), 'ack');
  assert.deepEqual(texts, [large]);
});

test('a producer that finds it needs the whole after all is asked again', async () => {
  let asked = 0;
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    asked++;
    try {
      return Promise.resolve(payload.value() ? { kind: 'delivered' } : { kind: 'delivered' });
    } catch (error) {
      return Promise.resolve({ kind: 'rejected', error: new PermanentError('no', { cause: error }) });
    }
  };
  const { process } = setUp({ write });
  assert.deepEqual([await process(large), asked], ['ack', 2]);
});

test('what is needed as a whole and too large for that is a dead letter, which keeps its payload', async () => {
  const { process, publisher, bucket } = setUp({
    steps: [step('shape', 'map', ['out'], { config: { expression: 'id' } })],
  });
  assert.equal(await process(JSON.stringify({ id: 'x'.repeat(2000) })), 'ack');
  const [letter] = publisher.published;
  assert.equal(letter?.headers['Vrsky-Dead-Code'], 'VRS8505');
  assert.equal(letter?.headers['Vrsky-Dead-Node'], 'shape');
  assert.equal(letter?.headers['Vrsky-Reference'], 'm1%2Fshape');
  assert.deepEqual([bucket.only?.holders, bucket.only?.dead], [[], ['m1/shape']]);
});

test('a truncated or altered object is never delivered', async () => {
  for (const bytes of [Buffer.from(large.slice(0, 300)), Buffer.from(large.replace('x', 'y'))]) {
    const { process, store, written, publisher } = setUp();
    const put = store.put.bind(store);
    store.put = async (key, content) => {
      await put(key, content);
      store.objects.set(key, bytes);
    };
    assert.equal(await process(large), 'ack');
    assert.deepEqual(written, []);
    assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Code'], 'VRS8502');
  }
});

test('a store that is down holds messages up; its failures are no attempts', async () => {
  const { process, store, publisher } = setUp();
  const put = store.put.bind(store);
  store.put = async (key, content) => {
    await put(key, content);
    store.fail = () => new VrskyError('VRS8503', 'down', { retryable: true });
  };
  const settled = await process(large, 1000);
  assert.ok(typeof settled === 'object' && settled.nak > 0, JSON.stringify(settled));
  assert.deepEqual(publisher.published, []);
});

test('a delivery that is tried again keeps its payload', async () => {
  const write = () => Promise.resolve({ kind: 'retry', error: new RetryableError('busy') } as const);
  for (const deliveries of [1, 2]) {
    const { process, bucket, lone, store } = setUp({ write });
    assert.notEqual(await process(large, deliveries), 'ack');
    assert.deepEqual([store.objects.size, lone.takeFreed(0)], [1, []]);
    assert.deepEqual(bucket.only?.holders, deliveries === 1 ? undefined : ['m1/shape']);
  }
});

test('a fan-out passes the reference on, and each target holds the object', async () => {
  const { process, publisher, store, bucket } = setUp({
    steps: [step('shape', 'set', ['one', 'two'], { config: { headers: { 'x-a': 'b' } } })],
    producers: ['one', 'two'],
  });
  assert.equal(await process(large), 'ack');
  const ids = publisher.published.map(({ id }) => id);
  assert.equal(publisher.published.length, 2);
  for (const { id, data, headers } of publisher.published) {
    assert.equal(decodeReference(Buffer.from(data)).key, [...store.objects.keys()][0]);
    assert.equal(headers['Vrsky-Reference'], encodeURIComponent(id ?? ''));
  }
  assert.deepEqual([store.objects.size, bucket.only?.holders], [1, ids]);
});

test('a payload that a step made larger than the threshold is stored anew', async () => {
  const { process, publisher, store } = setUp({
    steps: [
      step('shape', 'map', ['one', 'two'], { config: { expression: '{ "all": [text, text, "new"] }' } }),
    ],
    producers: ['one', 'two'],
  });
  assert.equal(await process(JSON.stringify({ text: 'x'.repeat(200) })), 'ack');
  assert.equal(store.objects.size, 2, 'one per target');
  const keys = publisher.published.map(({ data }) => decodeReference(Buffer.from(data)).key);
  for (const key of keys) assert.match(Buffer.from(store.objects.get(key) ?? []).toString(), /"new"/);
});

test('what is no reference, or refers to nothing, is a dead letter that says so', async () => {
  const { hand, publisher } = setUp();
  const { message, settled } = inboundMessage('{"version":2}', { 'Vrsky-Reference': 'm1' });
  hand(message);
  assert.equal(await settled, 'ack');
  assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Code'], 'VRS8504');
});
