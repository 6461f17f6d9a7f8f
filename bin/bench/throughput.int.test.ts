// The bench's own check: both sides do the whole work, however little of it there is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureThroughput } from './throughput.bench.ts';

test('engine and bare program both bring every message through', async () => {
  const sides = await measureThroughput({ messages: 200, rounds: 1, workers: [1] });
  assert.deepEqual(
    sides.map(({ name }) => name),
    ['map, engine ×1', 'map, bare ×1', 'pass, engine ×1', 'pass, bare ×1'],
  );
});
