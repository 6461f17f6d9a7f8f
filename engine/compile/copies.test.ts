import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowGraph } from '../flow/graph.ts';
import { compileAlone } from './compile.ts';
import { meetingTargets } from './copies.ts';
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

test('of routes that take the first match, one that leads to several makes copies', () => {
  const by = step('by', 'route', [], {
    config: {
      match: 'first',
      routes: [
        { when: 'a', to: ['left', 'right'] },
        { when: 'b', to: 'more' },
      ],
    },
    routeTargets: { left: 'when', right: 'when', more: 'when' },
  });
  const more = step('more', 'map', ['out']);
  assert.deepEqual(copiesOf(graphOf('a', ['by'], [by, ...diamond, more], ['out'])), ['by left', 'by right']);
});

test('what a route does otherwise does not meet what it does when a condition holds', () => {
  const by = step('by', 'route', [], {
    config: { match: 'all', routes: [{ when: 'a', to: 'left' }], otherwise: 'right' },
    routeTargets: { left: 'when', right: 'otherwise' },
  });
  assert.deepEqual(copiesOf(graphOf('a', ['by'], [by, ...diamond], ['out'])), []);
});

test('copies that are joined again are told apart until then', () => {
  const steps = [
    step('both', 'set', ['left', 'right']),
    step('left', 'map', ['join']),
    step('right', 'map', ['join']),
    step('join', 'aggregate', ['out'], { config: { key: '$id', count: 2, timeout: '1m' } }),
  ];
  assert.deepEqual(copiesOf(graphOf('a', ['both'], steps, ['out'])), ['both left', 'both right']);
});
