import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.ts';
import { laneOf, storeSubject } from './lanes.ts';
import type { CompiledFlow } from './program.ts';
import { graphOf, step } from './sample-graph.ts';

const compiled = (...args: Parameters<typeof graphOf>): CompiledFlow =>
  compile([graphOf(...args)], { tenant: 'default' }).value?.flows[0] as CompiledFlow;

test('keys are spread evenly over the lanes', () => {
  const counts = new Array<number>(8).fill(0);
  for (let n = 0; n < 8000; n++)
    counts[laneOf(`customer-${n}`, 8)] = (counts[laneOf(`customer-${n}`, 8)] ?? 0) + 1;
  for (const count of counts) assert.ok(count > 850 && count < 1150, `${counts}`);
});

test('a key goes to the same lane in every version', () => {
  assert.deepEqual(
    ['', 'a', 'b', 'ünï', '😀'].map((key) => laneOf(key, 16)),
    [9, 10, 13, 8, 10],
  );
});

test('a stage without lanes has one subject', () => {
  assert.equal(storeSubject({ stage: 's', subject: 'flow.f.s' }, 'key'), 'flow.f.s');
});

test('every stage of an ordered flow has its lanes, a throttled one has one', () => {
  const slow = step('slow', 'throttle', ['out'], { config: { rate: '10/s' } });
  const flow = compiled('orders', ['shape'], [step('shape', 'map', ['slow']), slow], ['out'], {
    ordering: { key: 'id', lanes: 4 },
  });
  assert.deepEqual(
    flow.stages.map(({ name, lanes, throttle }) => ({ name, lanes, throttle })),
    [
      { name: 'shape', lanes: 4, throttle: undefined },
      { name: 'slow', lanes: 1, throttle: { intervalMs: 100, burst: 1 } },
    ],
  );
});

test('each lane has a JetStream consumer, and the subjects of a flow cover its lanes', () => {
  const graph = graphOf('orders', ['out'], [], ['out'], { ordering: { key: 'id', lanes: 2 } });
  const { topology } = compile([graph], { tenant: 'default' }).value ?? {};
  assert.deepEqual(
    topology?.consumers.map(({ name, filterSubject }) => [name, filterSubject]),
    [
      ['orders_out_0', 'flow.orders.out.0'],
      ['orders_out_1', 'flow.orders.out.1'],
    ],
  );
  assert.deepEqual(topology?.streams[0]?.subjects, ['flow.orders.>']);
});

test('what an aggregate completes is stored in a stage of its own', () => {
  const gather = step('gather', 'aggregate', ['out'], { config: { key: 'id', timeout: '1s' } });
  const flow = compiled('orders', ['gather'], [gather], ['out']);
  assert.deepEqual(
    flow.stages.map(({ name, reason, lanes }) => [name, reason, lanes]),
    [
      ['gather', 'ingress', 1],
      ['out', 'aggregate', undefined],
    ],
  );
});

test('keys are remembered in a stream only where a flow asks for it', () => {
  const names = (...args: Parameters<typeof graphOf>) =>
    compile([graphOf(...args)], { tenant: 'default' }).value?.topology.streams.map(({ name }) => name);
  const once = step('once', 'dedupe', ['out'], { config: { key: 'id', window: '1h' } });
  assert.deepEqual(names('a', ['once'], [once], ['out']), ['VRSKY_FLOWS_1', 'VRSKY_DEAD', 'VRSKY_SEEN']);
  assert.deepEqual(names('a', ['out'], [], ['out']), ['VRSKY_FLOWS_1', 'VRSKY_DEAD']);
});
