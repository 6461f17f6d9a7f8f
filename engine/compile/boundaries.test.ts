import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBoundaries } from './boundaries.ts';
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
