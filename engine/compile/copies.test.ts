import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowGraph } from '../flow/graph.ts';
import { checkTopology, compileAlone } from './compile.ts';
import { meetingTargets, mostDeliveries } from './copies.ts';
import { graphOf, route, step } from './sample-graph.ts';

/** `<from> <target>` for every target that gets a copy of its own. */
function copiesOf(graph: FlowGraph): readonly string[] {
  const { value: flow } = compileAlone(graph);
  const fromConsumers = flow?.consumers.flatMap(({ name, stages }) =>
    stages.filter(({ copy }) => copy).map(({ stage }) => `${name} ${stage}`),
  );
  const fromSteps = flow?.stages
    .flatMap(({ nodes }) => Object.values(nodes))
    .flatMap((node) => {
      if (node.kind !== 'step') return [];
      const failed = node.onError.kind === 'to' ? node.onError.targets : [];
      return [...node.to, ...Object.values(node.routes ?? {}), ...failed]
        .filter(({ copy }) => copy)
        .map((target) => `${node.name} ${target.kind === 'node' ? target.node : target.stage}`);
    });
  return [...(fromConsumers ?? []), ...(fromSteps ?? [])];
}

const diamond = [step('left', 'map', ['out']), step('right', 'map', ['out'])];

test('copies that come to the same producer are told apart, over however many steps', () => {
  const steps = [
    step('both', 'set', ['left', 'right', 'aside']),
    step('left', 'map', ['more']),
    step('more', 'map', ['out']),
    step('right', 'map', ['out']),
  ];
  const graph = graphOf('a', ['both'], steps, ['out', 'aside']);
  assert.deepEqual(copiesOf(graph), ['both left', 'both right']);
});

test('copies that come to producers of their own keep the id of their message', () => {
  const steps = [step('both', 'set', ['left', 'two']), step('left', 'map', ['one'])];
  assert.deepEqual(copiesOf(graphOf('a', ['both'], steps, ['one', 'two'])), []);
});

test('copies of a consumer are told apart, also where one stage leads to the other', () => {
  assert.deepEqual(copiesOf(graphOf('a', ['left', 'right'], diamond, ['out'])), ['in left', 'in right']);
  const steps = [step('left', 'map', ['right']), step('right', 'map', ['out'])];
  assert.deepEqual(copiesOf(graphOf('a', ['left', 'right'], steps, ['out'])), ['in left', 'in right']);
});

test('a route that takes the first match makes no copies, one that takes all does', () => {
  const routed = (match: 'first' | 'all') =>
    copiesOf(graphOf('a', ['by'], [route('by', ['left', 'right'], match), ...diamond], ['out']));
  assert.deepEqual(routed('first'), []);
  assert.deepEqual(routed('all'), ['by left', 'by right']);
});

test('what failed is handed on alone, unless to several', () => {
  const failing = (to: readonly string[]) =>
    copiesOf(
      graphOf(
        'a',
        ['shape'],
        [step('shape', 'map', ['out'], { onError: { kind: 'to', to } }), ...diamond],
        ['out'],
      ),
    );
  assert.deepEqual(failing(['left']), []);
  assert.deepEqual(failing(['left', 'right']), ['shape left', 'shape right']);
});

test('a target that several routes name gets one copy', () => {
  const meeting = meetingTargets(graphOf('a', ['left'], [step('left', 'map', ['out'])], ['out', 'aside']));
  assert.deepEqual(meeting(['left', 'left', 'aside']), []);
  assert.deepEqual(meeting(['left', 'out', 'left']), ['left', 'out']);
});

/** So many times two ways that meet again. */
function doubling(times: number): FlowGraph {
  const steps = Array.from({ length: times }, (_, i) => [
    step(`both${i}`, 'set', [`left${i}`, `right${i}`]),
    ...['left', 'right'].map((way) => step(`${way}${i}`, 'set', [i + 1 < times ? `both${i + 1}` : 'out'])),
  ]);
  return graphOf('a', ['both0'], steps.flat(), ['out']);
}

test('deliveries of one message multiply where ways part again, and alternatives do not add up', () => {
  assert.equal(mostDeliveries(doubling(5)), 32);
  assert.equal(mostDeliveries(graphOf('a', ['left', 'right'], diamond, ['out'])), 2);
  const routed = (match: 'first' | 'all') =>
    mostDeliveries(graphOf('a', ['by'], [route('by', ['left', 'right'], match), ...diamond], ['out']));
  assert.deepEqual([routed('first'), routed('all')], [1, 2]);
});

test('a flow whose messages would become too many is refused, soon', () => {
  assert.deepEqual(checkTopology(doubling(9)), []);
  const problems = [...checkTopology(doubling(10)), ...checkTopology(doubling(100))];
  assert.deepEqual(
    problems.map(({ code, message }) => [code, /up to (.*) times/.exec(message)?.[1]]),
    [
      ['VRS5004', '1,024'],
      ['VRS5004', 'more than a million'],
    ],
  );
});
