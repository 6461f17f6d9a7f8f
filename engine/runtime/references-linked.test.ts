// Producers that take links to payloads instead of payloads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteOutcome } from '../connector/contract.ts';
import type { Message } from '../payload/message.ts';
import { large, setUp } from './reference-flow.ts';

test('a producer that takes links gets one to the object, which outlives the delivery', async () => {
  const links: { readonly url: string; readonly size: number; readonly contentType: string }[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    links.push(payload.value() as (typeof links)[number]);
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process, bucket, store } = setUp({ write, link: { expiresMs: 3_600_000 } });
  assert.equal(await process(large), 'ack');
  const [key] = store.objects.keys();
  assert.equal(links[0]?.url, `https://links.example/${key}#${bucket.only?.holders[0]}`);
  assert.equal(links[0]?.size, large.length);
  assert.equal(links[0]?.contentType, 'application/json');
  assert.match(bucket.only?.holders.join() ?? '', /^link\/.+\/out$/);
  assert.ok((bucket.only?.expiresAt ?? 0) >= Date.now() + 3_500_000);
});

test('a payload that travels inside its message is stored for its link', async () => {
  const links: unknown[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    links.push(payload.value());
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process, bucket, store } = setUp({ write, link: { expiresMs: 1000 } });
  assert.equal(await process('{"id":1}'), 'ack');
  assert.deepEqual([...store.objects.values()].map(String), ['{"id":1}']);
  assert.equal(bucket.only?.holders.length, 1);
  assert.equal(links.length, 1);
});
test('a store that is asked for a link is not answered for by the engine', async () => {
  const links: { readonly url: string }[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    links.push(payload.value() as (typeof links)[number]);
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process, store } = setUp({ write, link: { expiresMs: 1000, by: 'store' } });
  Object.assign(store, { link: (key: string) => Promise.resolve(`https://store.example/${key}`) });
  assert.equal(await process(large), 'ack');
  assert.equal(links[0]?.url, `https://store.example/${[...store.objects.keys()][0]}`);
});
