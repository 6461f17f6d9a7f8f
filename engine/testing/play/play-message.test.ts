import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAlone } from '../../compile/compile.ts';
import type { CompiledFlow } from '../../compile/program.ts';
import { checkSources } from '../../flow/check.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import { Payload } from '../../payload/payload.ts';
import { stepTypes } from '../../steps/index.ts';
import { playMessage } from './play-message.ts';

async function played(
  spec: string,
  payload: Payload,
  answers: Readonly<Record<string, unknown>> = {},
  at = 'in',
) {
  const text = `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: orders }\nspec:\n  consumers: [ { name: in, type: http, path: /orders } ]\n${spec}`;
  const { value, diagnostics } = await checkSources([{ file: 'orders.yaml', text }]);
  assert.deepEqual(diagnostics, []);
  const flow = compileAlone(value.flows[0] as FlowGraph).value as CompiledFlow;
  const input = { at, payload, headers: { 'x-a': '1' }, key: undefined, id: undefined, afterMs: 0 };
  const { panels, endings } = await playMessage({ flow, stepTypes, input, answers, env: () => undefined });
  return {
    panels: panels.map(({ title, type, lines, notes }) =>
      [
        `${title} (${type})`,
        lines.map((line) => line.trim()).join(' '),
        ...notes.map(({ text: note }) => note),
      ].join(' | '),
    ),
    times: panels.map(({ ms }) => typeof ms),
    endings: endings.map(({ text: note }) => note),
  };
}

const order = Payload.ofValue({ id: 'A', lines: [1, 2] });

test('a message is shown as it came in and after every step, with what each took, and where it went', async () => {
  const { panels, times, endings } = await played(
    `  steps:
    - { name: twice, type: map, expression: '{ "id": id, "count": $count(lines) }' }
    - { name: tag, type: set, headers: { x-b: "{{ id }}" } }
    - { name: where, type: route, routes: [ { when: count > 1, to: many } ], otherwise: few }
  producers: [ { name: many, type: file, directory: ., path: "{{ id }}.json" }, { name: few, type: log } ]`,
    order,
  );
  assert.deepEqual(panels, [
    'in (http) | { "id": "A", "lines": [ 1, 2 ] } | x-a: 1',
    'twice (map) | { "id": "A", "count": 2 }',
    'tag (set) | { "id": "A", "count": 2 } | x-b: A',
    'where (route) | { "id": "A", "count": 2 } | → many',
  ]);
  assert.deepEqual(times, ['undefined', 'number', 'number', 'number']);
  assert.deepEqual(endings, ['delivered to many: path A.json']);
});

test('a filter says why, a failed step what is wrong', async () => {
  const out = '  producers: [ { name: out, type: log } ]';
  const filtered = await played(`  steps: [ { name: big, type: filter, when: id = "B" } ]\n${out}`, order);
  assert.equal(filtered.panels[1], 'big (filter) |  | filtered: not id = "B"');
  assert.deepEqual(filtered.endings, ['filtered by big: not id = "B"']);
  const failed = await played(
    `  steps: [ { name: up, type: map, expression: $uppercase(lines) } ]\n${out}`,
    order,
  );
  assert.match(String(failed.panels[1]), /^up \(map\) \| {2}\| .*uppercase/);
  assert.match(String(failed.endings), /^dead letter at up: VRS4103/);
});

test('of the parts of a split the first is followed, and how many there are is said', async () => {
  const { panels, endings } = await played(
    `  steps: [ { name: each, type: split, expression: lines }, { name: twice, type: map, expression: $ * 2 } ]
  producers: [ { name: out, type: log } ]`,
    order,
  );
  assert.deepEqual(panels.slice(1), [
    'each (split) | 1 | 1 of 2 messages it makes',
    'twice (map) | 2 | the first of 2 messages',
  ]);
  assert.equal(endings.length, 2);
});

test('a lookup answers what it is told to', async () => {
  const { panels } = await played(
    `  steps: [ { name: customer, type: enrich, lookup: { type: http, url: "http://crm/{{ id }}" }, into: customer } ]
  producers: [ { name: out, type: log } ]`,
    Payload.ofValue({ id: 'A' }),
    { customer: { name: 'N' } },
  );
  assert.equal(panels[1], 'customer (enrich) | { "id": "A", "customer": { "name": "N" } }');
});

test('a message can come in at a step, and what cannot be read is said to be so', async () => {
  const spec = `  steps: [ { name: a, type: map, expression: id }, { name: b, type: set, headers: { x-b: "1" } } ]
  producers: [ { name: out, type: log } ]`;
  assert.deepEqual(
    (await played(spec, order, {}, 'b')).panels.map((panel) => panel.split(' ')[0]),
    ['b', 'b'],
  );
  const bytes = Payload.ofBytes(Buffer.from([1, 2]), 'image/png');
  assert.match(String((await played(spec, bytes, {}, 'b')).panels[0]), /2 bytes of image\/png/);
  const broken = Payload.ofBytes(Buffer.from('{'), 'application/json');
  assert.match(
    String((await played(spec, broken, {}, 'b')).panels[0]),
    /application\/json that cannot be read/,
  );
});
