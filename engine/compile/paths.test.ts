import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyingProducers } from './paths.ts';
import { graphOf, route, step } from './sample-graph.ts';

const copying = (...graph: Parameters<typeof graphOf>) => [...copyingProducers(graphOf(...graph))];

test('a message that takes one path reaches each producer once', () => {
  assert.deepEqual(copying('a', ['shape'], [step('shape', 'map', ['one', 'two'])], ['one', 'two']), []);
});

test('paths that a message takes instead of each other bring no copies', () => {
  const either = [
    route('which', ['left', 'right']),
    step('left', 'map', ['out']),
    step('right', 'map', ['out']),
  ];
  assert.deepEqual(copying('a', ['which'], either, ['out']), []);
});

test('paths that a message takes at once bring copies to where they meet, and only there', () => {
  const both = [
    route('which', ['left', 'right'], 'all'),
    step('left', 'map', ['out', 'only-left']),
    step('right', 'map', ['out']),
  ];
  assert.deepEqual(copying('a', ['which'], both, ['out', 'only-left']), ['out']);
  const fork = [
    step('fork', 'map', ['left', 'right']),
    step('left', 'map', ['join']),
    step('right', 'map', ['join']),
    step('join', 'map', ['out']),
  ];
  assert.deepEqual(copying('a', ['fork'], fork, ['out']), ['out']);
  assert.deepEqual(copying('a', ['left', 'right'], fork.slice(1), ['out']), ['out']);
});
