// Holds the map of whole numbers against V8's, under random comings and goings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberMap } from './number-map.ts';

const seed = Number(process.env.VRSKY_SEED ?? 20261126);

/** mulberry32 */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(`it answers as a Map does (seed ${seed})`, () => {
  const random = randomFrom(seed);
  for (const spread of [8, 300, 2 ** 40])
    for (const keeping of [0.3, 0.5]) {
      const map = new NumberMap<string>();
      const expected = new Map<number, string>();
      for (let step = 0; step < 20_000; step++) {
        // Close together, and with gaps that share their lower bits.
        const key = Math.floor(random() * spread) * (step % 3 === 0 ? 1 : 64);
        if (random() < keeping) {
          map.set(key, `v${step}`);
          expected.set(key, `v${step}`);
        } else assert.equal(map.delete(key), expected.delete(key));
        const asked = Math.floor(random() * spread);
        assert.equal(map.get(asked), expected.get(asked));
        assert.equal(map.size, expected.size);
      }
      const sorted = [...expected].sort(([a], [b]) => a - b).map(([, value]) => value);
      assert.deepEqual(map.values(), sorted);
      const visited: string[] = [];
      map.each((value) => visited.push(value));
      assert.deepEqual(visited.sort(), sorted.toSorted());
    }
});

test('one that stays while a million pass costs no room', () => {
  const map = new NumberMap<string>();
  map.set(3, 'stays');
  for (let key = 4; key < 1_000_000; key++) {
    map.set(key, 'passes');
    map.delete(key);
  }
  assert.equal(map.get(3), 'stays');
  assert.deepEqual(map.values(), ['stays']);
});

test('bursts come and go', () => {
  const map = new NumberMap<number>();
  for (const burst of [1000, 1, 1, 300, 1, 1, 1, 1, 2000]) {
    for (let key = 0; key < burst; key++) map.set(key * 3, key);
    assert.equal(map.size, burst);
    assert.deepEqual(
      map.values(),
      Array.from({ length: burst }, (_, key) => key),
    );
    for (let key = 0; key < burst; key++) assert.equal(map.delete(key * 3), true);
    assert.deepEqual(map.values(), []);
    assert.equal(map.get(0), undefined);
  }
});
