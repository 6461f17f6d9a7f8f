import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../torture/random.ts';
import { orderBytes, passing, transformByHand } from './order.ts';
import { atLeast } from './result.ts';
import { centreInterval, interleave, percentile, ratios, spreadOf } from './rounds.ts';
import { slopeOf } from './soak.bench.ts';

test('sides take turns, in alternating order, and warm-up rounds count for nothing', async () => {
  const turns: string[] = [];
  const side = (name: string) => ({
    name,
    measure: async () => ({ 'msg/s': turns.push(name) }),
  });
  const [a, b] = await interleave([side('a'), side('b')], { rounds: 2, warmUp: 1 });
  assert.equal(turns.join(''), 'abbaab');
  assert.deepEqual(a?.rounds, [{ 'msg/s': 4 }, { 'msg/s': 5 }]);
  assert.deepEqual(b?.spread['msg/s'], spreadOf([3, 6]));
});

test('a ratio is taken round by round', () => {
  const side = (name: string, ...values: readonly number[]) => ({
    name,
    rounds: values.map((value) => ({ x: value })),
    spread: {},
  });
  assert.deepEqual(ratios(side('a', 10, 50, 90), side('b', 10, 100, 100), 'x'), [1, 0.5, 0.9]);
});

test('a verdict says when it may be chance', () => {
  const verdict = (...measured: readonly number[]) => {
    const { holds, isWithinNoise } = atLeast('a / b', 0.9, measured);
    return [holds, isWithinNoise];
  };
  assert.deepEqual(verdict(1, 1.1, 0.95, 0.98, 1.02, 0.97), [true, false]);
  assert.deepEqual(verdict(1, 1.1, 0.8, 0.85, 1.02, 0.91), [true, true]);
  assert.deepEqual(verdict(0.8, 0.85, 0.7, 0.81, 0.79, 0.78), [false, false]);
  assert.deepEqual(verdict(1, 0.8, 0.95), [true, undefined]);
});

test('the median of an even number is the mean of the two in the middle', () => {
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, least: 1, most: 4 });
  assert.equal(spreadOf([3, 1, 2]).median, 2);
  assert.equal(spreadOf([7]).median, 7);
});

test('percentiles are values that occurred', () => {
  const sorted = Array.from({ length: 1000 }, (_, index) => index);
  assert.equal(percentile(sorted, 0.5), 500);
  assert.equal(percentile(sorted, 0.999), 999);
  assert.equal(percentile([7], 0.99), 7);
});

test('the slope of memory is that of a straight line through it', () => {
  const sample = (hours: number, mebibytes: number) => ({ hours, mebibytes, handles: 1 });
  assert.equal(Math.round(slopeOf([sample(0, 100), sample(1, 106), sample(2, 112)])), 6);
  assert.equal(slopeOf([sample(0, 100), sample(1, 100)]), 0);
});

test('nine of ten orders of about a kibibyte pass the hand-written flow', () => {
  const orders = Array.from({ length: 30 }, (_, id) => orderBytes(id));
  assert.ok(orders.every(({ length }) => length > 950 && length < 1100));
  const passed = orders.map((order) => transformByHand(JSON.parse(order.toString()))).filter(Boolean);
  assert.equal(passed.length, passing(30));
  assert.deepEqual(passed[0], {
    id: 1,
    at: 0,
    customer: 'Ada Lovelace',
    country: 'GB',
    total: 125,
    lines: 2,
  });
});

test('the centre of ratios lies in 95 % of their intervals', () => {
  const random = seededRandom(7);
  const noise = () => Math.exp(random() + random() + random() - 1.5);
  let hits = 0;
  for (let trial = 0; trial < 300; trial++) {
    const { median, least, most } = centreInterval(Array.from({ length: 25 }, () => 1.1 * noise()));
    assert.ok(least < median && median < most);
    if (least <= 1.1 && 1.1 <= most) hits++;
  }
  assert.ok(hits > 275 && hits < 297, `${hits} of 300`);
});
