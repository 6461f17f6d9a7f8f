import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../compile/compile.ts';
import type { CompiledFlow } from '../../compile/program.ts';
import { checkSources } from '../../flow/check.ts';
import { Payload } from '../../payload/payload.ts';
import { stepTypes } from '../../steps/index.ts';
import { type Ending, type SimulatedInput, type SimulationOptions, simulate } from './simulation.ts';

async function flowOf(spec: string): Promise<CompiledFlow> {
  const text = `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: orders }\nspec:\n  consumers: [ { name: in, type: http, path: /orders } ]\n${spec}`;
  const { value, diagnostics } = await checkSources([{ file: 'orders.yaml', text }]);
  assert.deepEqual(diagnostics, []);
  return compile(value.flows, { tenant: 'default' }).value?.flows[0] as CompiledFlow;
}

function input(value: unknown, more: Partial<SimulatedInput> = {}): SimulatedInput {
  return {
    at: 'in',
    payload: Payload.ofValue(value),
    headers: {},
    key: undefined,
    id: undefined,
    afterMs: 0,
    ...more,
  };
}

const startMs = Date.parse('2026-01-01T00:00:00Z');

function run(flow: CompiledFlow, inputs: readonly SimulatedInput[], more: Partial<SimulationOptions> = {}) {
  const resolveConfig: SimulationOptions['resolveConfig'] = (value) => ({ value, missing: [], secrets: [] });
  return simulate({
    flow,
    inputs,
    stepTypes,
    resolveConfig,
    peers: { producers: {}, lookups: {} },
    startMs,
    ...more,
  });
}

/** What each ending comes to in a word. */
function words(endings: readonly Ending[]): readonly string[] {
  return endings.map((ending) => {
    if (ending.kind === 'filtered') return `filtered by ${ending.step}`;
    if (ending.kind === 'dead') return `dead at ${ending.node}: ${ending.code} (${ending.because})`;
    return `${ending.producer} ${JSON.stringify(ending.message.payload.value())}`;
  });
}

test('messages are delivered, filtered, or dead-lettered with a cause', async () => {
  const flow = await flowOf(`
  steps:
    - { name: big, type: filter, when: total > 10 }
    - { name: shape, type: map, expression: '{ "id": $uppercase(id) }' }
  producers: [ { name: out, type: log } ]`);
  const { endings, stuck } = await run(flow, [
    input({ id: 'a', total: 20 }),
    input({ id: 'b', total: 5 }),
    input({ id: 7, total: 20 }),
  ]);
  assert.deepEqual(words(endings), [
    'out {"id":"A"}',
    'filtered by big',
    'dead at shape: VRS4103 (permanent)',
  ]);
  assert.equal(stuck, 0);
});

test('a producer that fails is tried again when the backoff is over, in no real time', async () => {
  const flow = await flowOf(`
  producers: [ { name: out, type: log } ]
  delivery: { attempts: 4, backoff: { initial: 1h, factor: 2, max: 1d }, deadline: 7d }`);
  const peers = { producers: { out: [{ kind: 'fail', times: 2 }] }, lookups: {} } as const;
  const before = performance.now();
  const { endings, failedTries } = await run(flow, [input(1)], { peers });
  assert.ok(performance.now() - before < 30_000);
  assert.deepEqual(
    failedTries.map(({ node, attempt }) => [node, attempt]),
    [
      ['out', 1],
      ['out', 2],
    ],
  );
  const [ending] = endings;
  assert.equal(ending?.kind, 'delivered');
  const hours = ((ending as { readonly atMs: number }).atMs - startMs) / 3_600_000;
  assert.ok(hours > 2.6 && hours < 3.4, `${hours} h after two waits of about 1 h and 2 h`);
});

test('a producer that goes on failing, or is too slow, makes dead letters when attempts or the deadline are used up', async () => {
  const flow = await flowOf(`
  producers: [ { name: out, type: log } ]
  delivery: { attempts: 3, backoff: { initial: 1s }, deadline: 1m }`);
  const answer = (kind: 'fail' | 'timeout' | 'away' | 'reject') => ({
    peers: { producers: { out: [{ kind, times: Number.POSITIVE_INFINITY }] }, lookups: {} },
  });
  const ends = async (kind: 'fail' | 'timeout' | 'away' | 'reject') =>
    words((await run(flow, [input(1)], answer(kind))).endings);
  assert.deepEqual(await ends('fail'), ['dead at out: VRS8301 (attempts)']);
  assert.deepEqual(await ends('timeout'), ['dead at out: VRS8301 (deadline)']);
  assert.deepEqual(await ends('away'), ['dead at out: VRS8303 (attempts)']);
  assert.deepEqual(await ends('reject'), ['dead at out: VRS8302 (permanent)']);
});

test('a message given at a step enters there, in the middle of a stage too', async () => {
  const flow = await flowOf(`
  steps:
    - { name: one, type: map, expression: '{ "n": n + 1 }' }
    - { name: two, type: map, expression: '{ "n": n * 10 }' }
    - { name: three, type: map, durable: true, expression: '{ "n": n - 1 }' }
  producers: [ { name: out, type: log } ]`);
  const { endings } = await run(flow, [
    input({ n: 1 }),
    input({ n: 1 }, { at: 'two' }),
    input({ n: 1 }, { at: 'three' }),
  ]);
  assert.deepEqual(words(endings), ['out {"n":19}', 'out {"n":9}', 'out {"n":0}']);
});

test('what waits does so by the virtual clock: dedupe windows, delays, groups', async () => {
  const dedupe = await flowOf(`
  steps: [ { name: once, type: dedupe, key: id, window: 10m } ]
  producers: [ { name: out, type: log } ]`);
  const same = { id: 'a' };
  const { endings } = await run(dedupe, [
    input(same),
    input(same, { afterMs: 60_000 }),
    input(same, { afterMs: 600_000 }),
  ]);
  assert.deepEqual(words(endings), ['out {"id":"a"}', 'filtered by once', 'out {"id":"a"}']);

  const aggregate = await flowOf(`
  steps: [ { name: gather, type: aggregate, key: order, count: 3, timeout: 1h } ]
  producers: [ { name: out, type: log } ]`);
  const lines = [1, 2, 3, 4].map((line) => input({ order: 'a', line }));
  const gathered = await run(aggregate, [...lines, input({ order: 'b', line: 1 })]);
  assert.deepEqual(words(gathered.endings), [
    'out [{"order":"a","line":1},{"order":"a","line":2},{"order":"a","line":3}]',
    'out [{"order":"a","line":4}]',
    'out [{"order":"b","line":1}]',
  ]);
});

test('copies of a message share its $id: they can be joined, and are no duplicates of each other', async () => {
  const flow = (last: string) =>
    flowOf(`
  steps:
    - { name: start, type: set, headers: { a: b }, to: [price, stock] }
    - { name: price, type: map, expression: '{ "price": 1 }', to: last }
    - { name: stock, type: map, expression: '{ "stock": 2 }', to: last }
    - { name: last, ${last} }
  producers: [ { name: out, type: log } ]`);
  const joined = await run(await flow('type: aggregate, key: $id, count: 2, timeout: 1h'), [
    input({}),
    input({}),
  ]);
  assert.deepEqual(
    words(joined.endings).map((line) => line.match(/price|stock/g)?.toSorted()),
    [
      ['price', 'stock'],
      ['price', 'stock'],
    ],
  );
  const once = await run(await flow('type: dedupe, key: \'"same"\', window: 1h'), [input({}), input({})]);
  assert.deepEqual(words(once.endings).toSorted(), [
    'filtered by last',
    'filtered by last',
    'out {"price":1}',
    'out {"stock":2}',
  ]);
});

test('in an ordered flow a message waits behind the failing one with its key, and only there', async () => {
  const flow = await flowOf(`
  producers: [ { name: out, type: log } ]
  ordering: { key: customer, lanes: 4 }`);
  const peers = { producers: { out: [{ kind: 'fail', times: 1 }] }, lookups: {} } as const;
  const inputs = ['a1', 'a2', 'b1'].map((id) => input({ customer: id[0], id }));
  const { endings } = await run(flow, inputs, { peers });
  const ids = endings.map((ending) =>
    ending.kind === 'delivered'
      ? (ending.message.payload.value() as { readonly id: string }).id
      : ending.kind,
  );
  assert.deepEqual(ids, ['b1', 'a1', 'a2']);
});

test('a lookup fails, then answers; one that nothing is said about refuses', async () => {
  const flow = await flowOf(`
  steps:
    - name: who
      type: enrich
      lookup: { type: http, url: 'http://crm/customers/{{ customer }}' }
      into: found
      cache: { for: 0s }
  producers: [ { name: out, type: log } ]`);
  const lookups = {
    who: [
      { kind: 'away', times: 1 },
      { kind: 'found', times: 1, value: { name: 'Ada' } },
      { kind: 'found', times: 1, value: undefined },
    ],
  } as const;
  const inputs = [input({ customer: 1 }), input({ customer: 2 }, { afterMs: 60_000 })];
  const { endings } = await run(flow, [...inputs, input({ customer: 3 })], {
    peers: { producers: {}, lookups },
  });
  assert.deepEqual(words(endings), [
    'out {"customer":1,"found":{"name":"Ada"}}',
    'dead at who: VRS8229 (permanent)',
    'dead at who: VRS8230 (permanent)',
  ]);
});

test('templates of a producer are rendered, and one that comes to nothing refuses the message as its connector would', async () => {
  const flow = await flowOf(`
  producers: [ { name: out, type: file, path: 'orders/{{ id }}.json' } ]`);
  const { endings } = await run(flow, [input({ id: 'a/b' }), input({})]);
  assert.deepEqual(
    endings.map((ending) => (ending.kind === 'delivered' ? [...ending.fields] : ending.kind)),
    [[['path', 'orders/a/b.json']], 'dead'],
  );
});

test('payloads over the threshold travel by reference as they do in production', async () => {
  const flow = await flowOf(`
  steps: [ { name: rows, type: split, format: ndjson } ]
  producers: [ { name: out, type: log } ]`);
  const rows = Array.from({ length: 40_000 }, (_, row) => JSON.stringify({ row })).join('\n');
  const payload = Payload.ofBytes(Buffer.from(rows), 'application/x-ndjson');
  const { endings, stuck } = await run(flow, [input(undefined, { payload })]);
  assert.equal(endings.filter(({ kind }) => kind === 'delivered').length, 40_000);
  assert.equal(stuck, 0);
});

test('every step is observed with what it got and what it made of it', async () => {
  const flow = await flowOf(`
  steps:
    - { name: items, type: split, expression: items }
    - { name: where, type: route, routes: [ { when: n > 1, to: big } ], otherwise: drop }
  producers: [ { name: big, type: log } ]`);
  const { steps } = await run(flow, [input({ items: [{ n: 1 }, { n: 2 }] })]);
  assert.deepEqual(
    steps.map(({ step, outcome }) => [
      step,
      outcome.kind === 'split'
        ? outcome.messages.length
        : outcome.kind === 'route'
          ? outcome.to
          : outcome.kind,
    ]),
    [
      ['items', 2],
      ['where', 'drop'],
      ['where', ['big']],
    ],
  );
});
