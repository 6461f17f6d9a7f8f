// What a stage may have in hand while it settles few.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAlone } from '../compile/compile.ts';
import type { Stage } from '../compile/program.ts';
import { graphOf, step } from '../compile/sample-graph.ts';
import { inHandOf } from './in-hand.ts';
import type { ProducerQueue } from './producer-queue.ts';

function least(type: string, capacities: readonly number[] = [], isAsking = false): number {
  const graph = graphOf('a', ['one'], [step('one', type, ['out'])], ['out']);
  const stage = compileAlone(graph).value?.stages[0] as Stage;
  const producers = capacities.map((capacity) => ({ capacity }) as ProducerQueue);
  return inHandOf(stage, 'shared', { producers, isAsking }).minMessages;
}

test('steps that answer at once need few; those that ask others wait for many answers side by side', () => {
  assert.equal(least('set'), 16);
  assert.equal(least('enrich'), 64);
  assert.equal(least('set', [], true), 64);
});

test('producers are busy to the end of what is in hand when more is asked for, as far as that helps', () => {
  assert.equal(least('set', [8]), 32);
  assert.equal(least('set', [8, 16]), 64);
  assert.equal(least('set', [256 * 64]), 256);
});

test('lanes and open groups have what they need, whatever they write to', () => {
  const stage = { nodes: {} } as Stage;
  const bounds = (kind: 'lane' | 'aggregate') => inHandOf(stage, kind, { producers: [], isAsking: false });
  assert.deepEqual([bounds('lane').minMessages, bounds('aggregate').minMessages], [2048, 10_000]);
});
