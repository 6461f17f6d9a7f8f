import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowGraph } from '../flow/graph.ts';
import { findBoundaries, mostOutputs } from './boundaries.ts';
import { checkTopology } from './compile.ts';
import { graphOf, route, step } from './sample-graph.ts';

test('a flow with one producer is one stage', () => {
  const graph = graphOf(
    'a',
    ['parse'],
    [step('parse', 'convert', ['shape']), step('shape', 'map', ['out'])],
    ['out'],
  );
  assert.deepEqual([...findBoundaries(graph)], [['parse', 'ingress']]);
});

test('producers that share a message get a stage each, so that a slow one holds up nobody', () => {
  const graph = graphOf('a', ['shape'], [step('shape', 'map', ['one', 'two'])], ['one', 'two']);
  assert.deepEqual(
    [...findBoundaries(graph)],
    [
      ['shape', 'ingress'],
      ['one', 'fan-out'],
      ['two', 'fan-out'],
    ],
  );
});

test('a route by first match reaches one producer, so everything stays in one stage', () => {
  const graph = graphOf('a', ['by-country'], [route('by-country', ['norway', 'world'])], ['norway', 'world']);
  assert.deepEqual([...findBoundaries(graph)], [['by-country', 'ingress']]);
});

test('a route by all matches can reach several producers, so each gets a stage', () => {
  const graph = graphOf(
    'a',
    ['by-country'],
    [route('by-country', ['norway', 'world'], 'all')],
    ['norway', 'world'],
  );
  assert.deepEqual([...findBoundaries(graph).keys()], ['by-country', 'norway', 'world']);
});

test('every message of a split is stored on its own', () => {
  const graph = graphOf(
    'a',
    ['rows'],
    [step('rows', 'split', ['shape']), step('shape', 'map', ['out'])],
    ['out'],
  );
  assert.deepEqual(
    [...findBoundaries(graph)],
    [
      ['rows', 'ingress'],
      ['shape', 'split'],
    ],
  );
});

test('durable: true asks for a stage', () => {
  const graph = graphOf(
    'a',
    ['parse'],
    [step('parse', 'map', ['costly']), step('costly', 'map', ['out'], { durable: true })],
    ['out'],
  );
  assert.deepEqual(
    [...findBoundaries(graph)],
    [
      ['parse', 'ingress'],
      ['costly', 'durable'],
    ],
  );
});

test('an error path is an alternative, not a second output', () => {
  const failing = step('shape', 'map', ['out'], { onError: { kind: 'to', to: ['errors'] } });
  assert.deepEqual(
    [...findBoundaries(graphOf('a', ['shape'], [failing], ['out', 'errors'])).keys()],
    ['shape'],
  );
});

test('a producer beside a durable step is a stage of its own, so that a retry of one does not repeat the other', () => {
  const steps = [step('start', 'map', ['out', 'later']), step('later', 'map', ['late'], { durable: true })];
  assert.deepEqual(
    [...findBoundaries(graphOf('a', ['start'], steps, ['out', 'late'])).keys()],
    ['start', 'later', 'out'],
  );
});

test('forty diamonds in a row are walked in a moment', () => {
  const count = 40;
  const steps = Array.from({ length: count }, (_, i) => [
    step(`s${i}`, 'map', [`a${i}`, `b${i}`]),
    ...['a', 'b'].map((side) => step(`${side}${i}`, 'map', [i + 1 < count ? `s${i + 1}` : 'out'])),
  ]).flat();
  const boundaries = findBoundaries(graphOf('a', ['s0'], steps, ['out']));
  assert.deepEqual([...boundaries.keys()], ['s0', 'out']);
});

/** So many times two ways that meet again, in a step of the given type. */
function doubling(times: number, type = 'set'): FlowGraph {
  const steps = Array.from({ length: times }, (_, i) => [
    step(`both${i}`, type, [`left${i}`, `right${i}`], { config: { timeout: '1m' } }),
    ...['left', 'right'].map((way) => step(`${way}${i}`, 'set', [i + 1 < times ? `both${i + 1}` : 'out'])),
  ]);
  return graphOf('a', ['both0'], steps.flat(), ['out']);
}

test('copies multiply where ways part again within a stage, and alternatives do not add up', () => {
  const most = (graph: FlowGraph) => mostOutputs(graph, findBoundaries(graph));
  assert.equal(most(doubling(5)), 32);
  assert.equal(most(doubling(5, 'aggregate')), 2);
  const sides = [step('left', 'map', ['out']), step('right', 'map', ['out'])];
  const routed = (match: 'first' | 'all') =>
    most(graphOf('a', ['by'], [route('by', ['left', 'right'], match), ...sides], ['out']));
  assert.deepEqual([routed('first'), routed('all')], [1, 2]);
});

test('a flow whose messages would become too many in one go is refused, soon', () => {
  assert.deepEqual([...checkTopology(doubling(9)), ...checkTopology(doubling(50, 'aggregate'))], []);
  const problems = [...checkTopology(doubling(10)), ...checkTopology(doubling(100))];
  assert.deepEqual(
    problems.map(({ code, message }) => [code, /up to (.*) messages/.exec(message)?.[1]]),
    [
      ['VRS5004', '1,024'],
      ['VRS5004', 'more than a million'],
    ],
  );
});

test('what a route does otherwise is an alternative to all its matches', () => {
  const by = step('by', 'route', [], {
    config: { match: 'all', routes: [{ when: 'a', to: 'out' }], otherwise: 'aside' },
    routeTargets: { out: 'when', aside: 'otherwise' },
  });
  assert.deepEqual([...findBoundaries(graphOf('a', ['by'], [by], ['out', 'aside'])).keys()], ['by']);
});
