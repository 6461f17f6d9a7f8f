import assert from 'node:assert/strict';
import { test } from 'node:test';
import { added, LatencyHistogram, percentile, since } from './latency-histogram.ts';

function within(ms: number | undefined, least: number, most: number): void {
  assert.ok(ms !== undefined && ms >= least && ms <= most, `${ms} is not between ${least} and ${most}`);
}

test('percentiles are within five percent of the true ones', () => {
  const histogram = new LatencyHistogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.record(ms);
  within(percentile(histogram.counts(), 0.5), 500, 525);
  within(percentile(histogram.counts(), 0.99), 990, 1040);
  within(percentile(histogram.counts(), 1), 1000, 1050);
});

test('what came before does not count', () => {
  const histogram = new LatencyHistogram();
  for (let count = 0; count < 1000; count++) histogram.record(5000);
  const before = histogram.counts();
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms);
  const counts = since(before, histogram.counts());
  within(percentile(counts, 0.99), 99, 104);
});

test('what several counted adds up', () => {
  const halves = [new LatencyHistogram(), new LatencyHistogram()] as const;
  for (let ms = 1; ms <= 1000; ms++) halves[ms % 2 === 0 ? 0 : 1].record(ms);
  const counts = added(halves.map((half) => half.counts()));
  within(percentile(counts, 0.5), 500, 525);
  within(percentile(counts, 1), 1000, 1050);
});

test('of nothing there is no percentile', () => {
  assert.equal(percentile([], 0.5), undefined);
});
