import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from '../payload/payload.ts';
import type { EnrichConfig } from './config.gen.ts';
import { type StepContext, StepError } from './contract.ts';
import { dedupe } from './dedupe.ts';
import { enrich } from './enrich.ts';
import { dropped, messageOf, messageWith, passed } from './test-message.ts';

/** A lookup over a table, by the payload's `customer`. */
function compiled(config: Partial<EnrichConfig> = {}) {
  const asked: string[] = [];
  const table: Record<string, unknown> = { c1: { city: 'Oslo' }, c2: { city: 'Bergen' } };
  const customerOf = (payload: Payload) => (payload.value() as { readonly customer: string }).customer;
  const context: StepContext = {
    flow: 'orders',
    step: 'look-up',
    claim: () => assert.fail(),
    lookup: () => ({
      key: ({ payload }) => customerOf(payload),
      find: async ({ payload }) => {
        asked.push(customerOf(payload));
        return table[customerOf(payload)];
      },
    }),
  };
  const whole = { lookup: { type: 'http', url: 'http://x' }, into: 'details', ...config } as EnrichConfig;
  return { run: enrich.compile(whole, context), asked };
}

test('the answer becomes a field of the payload, and is asked for once', async () => {
  const { run, asked } = compiled();
  for (const n of [1, 2]) {
    const { payload } = await passed(run, messageOf({ n, customer: 'c1' }));
    assert.deepEqual(payload.value(), { n, customer: 'c1', details: { city: 'Oslo' } });
  }
  assert.deepEqual(asked, ['c1']);
});

test('what happens when nothing was found is the author choice', async () => {
  const unknown = messageOf({ customer: 'c9' });
  await assert.rejects(async () => compiled().run(unknown), { code: 'VRS8229' });
  assert.equal((await passed(compiled({ missing: 'continue' }).run, unknown)).payload, unknown.payload);
  assert.equal(await dropped(compiled({ missing: 'drop' }).run, unknown), 'nothing was found');
});

test('a payload that is no object is refused', async () => {
  for (const payload of [Payload.ofValue([1]), Payload.ofBytes(Buffer.from([0]), 'application/octet-stream')])
    await assert.rejects(async () => compiled().run(messageWith(payload)), StepError);
});

test('a field called __proto__ is a field', async () => {
  const { payload } = await passed(compiled({ into: '__proto__' }).run, messageOf({ customer: 'c1' }));
  assert.deepEqual(Object.keys(payload.value() as object), ['customer', '__proto__']);
  assert.equal(({} as { readonly city?: string }).city, undefined);
});

test('dedupe drops what another message claimed, and passes its own message again', async () => {
  const holders = new Map<string, string>();
  const claim = async (key: string, holder: string) => {
    if (!holders.has(key)) holders.set(key, holder);
    return holders.get(key) as string;
  };
  const run = dedupe.compile(
    { key: 'id', window: '1h' },
    { flow: 'f', step: 'd', claim, lookup: () => assert.fail() },
  );
  const first = messageOf({ id: 1 }, { id: 'a' });
  await passed(run, first);
  await passed(run, first);
  assert.match(await dropped(run, messageOf({ id: 1 }, { id: 'b' })), /message a with the same key/);
  await passed(run, messageOf({ other: true }, { id: 'c' }));
});
