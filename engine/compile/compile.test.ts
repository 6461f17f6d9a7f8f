import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.ts';
import { compile } from './compile.ts';
import { flowsPerStream } from './placement.ts';
import type { Program } from './program.ts';
import { graphOf, route, step } from './sample-graph.ts';

const invoices = () =>
  graphOf(
    'invoices',
    ['parse'],
    [step('parse', 'convert', ['by-country']), route('by-country', ['norway', 'world'])],
    ['norway', 'world'],
  );

function compiled(...args: Parameters<typeof compile>): Program {
  const { value, diagnostics } = compile(...args);
  assert.deepEqual(diagnostics, []);
  return value as Program;
}

test('the same flows give the same bytes, in whatever order they come', () => {
  const other = graphOf('orders', ['shape'], [step('shape', 'map', ['out'])], ['out']);
  const one = compiled([invoices(), other], { tenant: 'default' });
  const two = compiled([other, invoices()], { tenant: 'default' });
  assert.equal(canonicalJson(one), canonicalJson(two));
  assert.equal(one.digest, two.digest);
});

test('a changed step changes the digest of its flow and of no other', () => {
  const other = (to: string) =>
    graphOf('orders', ['shape'], [step('shape', 'map', ['out'], { config: { expression: to } })], ['out']);
  const [before, after] = ['a', 'b'].map((text) =>
    compiled([invoices(), other(text)], { tenant: 'default' }).flows.map((flow) => flow.digest),
  );
  assert.equal(before?.[0], after?.[0]);
  assert.notEqual(before?.[1], after?.[1]);
});

test('a stage carries the nodes it runs and leads to the subjects of the others', () => {
  const graph = graphOf(
    'a',
    ['rows'],
    [step('rows', 'split', ['shape']), step('shape', 'map', ['out'])],
    ['out'],
  );
  const [flow] = compiled([graph], { tenant: 'default' }).flows;
  assert.deepEqual(
    flow?.stages.map((stage) => [stage.subject, stage.durable, Object.keys(stage.nodes)]),
    [
      ['flow.a.rows', 'a_rows', ['rows']],
      ['flow.a.shape', 'a_shape', ['shape', 'out']],
    ],
  );
  const rows = flow?.stages[0]?.nodes.rows;
  assert.deepEqual(rows?.kind === 'step' && rows.to, [
    { kind: 'stage', stage: 'shape', subject: 'flow.a.shape' },
  ]);
});

test('the longest chain of steps that the schema lets through compiles', () => {
  const steps = Array.from({ length: 500 }, (_, i) => step(`s${i}`, 'map', [i < 499 ? `s${i + 1}` : 'out']));
  const [flow] = compiled([graphOf('a', ['s0'], steps, ['out'])], { tenant: 'default' }).flows;
  assert.equal(flow?.stages.length, 1);
});

test('a stream holds about thirty flows, and a flow stays where it is when others come', () => {
  const many = Array.from({ length: flowsPerStream + 5 }, (_, i) => graphOf(`f${i}`, ['out'], [], ['out']));
  const first = compiled(many, { tenant: 'default' });
  assert.deepEqual(
    first.topology.streams.map((stream) => stream.name),
    ['VRSKY_FLOWS_1', 'VRSKY_FLOWS_2', 'VRSKY_DEAD'],
  );
  const placements = Object.fromEntries(first.flows.map((flow) => [flow.name, flow.stream]));
  const later = compiled([graphOf('aaa', ['out'], [], ['out']), ...many], { tenant: 'default', placements });
  for (const flow of later.flows) if (flow.name !== 'aaa') assert.equal(flow.stream, placements[flow.name]);
  assert.equal(later.flows.find((flow) => flow.name === 'aaa')?.stream, 'VRSKY_FLOWS_2');
});

test('durability decides storage and replicas, a dedicated stream its own bounds', () => {
  const memory = graphOf('fast', ['out'], [], ['out'], { durability: 'memory' });
  const own = graphOf('big', ['out'], [], ['out'], {
    stream: 'dedicated',
    durability: 'durable',
    limits: { maxMessages: 7, maxBytes: 1000 },
  });
  const streams = compiled([memory, own], { tenant: 'default' }).topology.streams;
  const facts = streams.map(({ name, storage, replicas, maxBytes }) => ({
    name,
    storage,
    replicas,
    maxBytes,
  }));
  assert.deepEqual(facts.slice(0, 2), [
    { name: 'VRSKY_FLOW_big', storage: 'file', replicas: 3, maxBytes: 1000 },
    { name: 'VRSKY_MEMORY_FLOWS_1', storage: 'memory', replicas: 1, maxBytes: facts[1]?.maxBytes },
  ]);
});

test('a flow too big to hand to workers is a diagnostic at its name', () => {
  const big = graphOf(
    'big',
    ['shape'],
    [step('shape', 'map', ['out'], { config: { expression: 'x'.repeat(1 << 20) } })],
    ['out'],
  );
  assert.deepEqual(
    compile([big], { tenant: 'default' }).diagnostics.map(({ code, file }) => [code, file]),
    [['VRS5001', 'big.yaml']],
  );
});
