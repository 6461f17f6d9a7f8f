import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowStats } from './flow-stats.ts';

test('percentiles are within five percent of the true ones', () => {
  const stats = new FlowStats();
  for (let ms = 1; ms <= 1000; ms++) stats.recordLatency(ms);
  const { latency } = stats.snapshot('f', 'd');
  assert.ok(latency !== undefined && latency.p50 >= 500 && latency.p50 <= 525, String(latency?.p50));
  assert.ok(latency.p99 >= 990 && latency.p99 <= 1000, String(latency.p99));
  assert.equal(latency.max, 1000);
});

test('a flow that has finished nothing has no latency', () => {
  assert.equal('latency' in new FlowStats().snapshot('f', 'd'), false);
});
