import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '../ports.ts';
import { LaneShares } from './lane-shares.ts';

/** Leases among the workers of one test: a name has one holder, the others wait. */
class Leases {
  readonly #held = new Map<string, Promise<void>>();

  async acquire(name: string, signal: AbortSignal): Promise<Lease> {
    for (let held = this.#held.get(name); held !== undefined; held = this.#held.get(name)) {
      await Promise.race([held, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      if (signal.aborted) throw new Error('aborted');
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(name, promise);
    return {
      lost: new AbortController().signal,
      release: async () => {
        this.#held.delete(name);
        resolve();
      },
    };
  }
}

function worker(leases: Leases, lanes: number, workers: () => number) {
  const owned = new Set<number>();
  const changed: (() => void)[] = [];
  const wake = () => {
    for (const resolve of changed.splice(0)) resolve();
  };
  const shares = new LaneShares({
    flow: 'orders',
    lanes,
    lease: (name, _ttlMs, signal) => leases.acquire(name, signal),
    workers,
    handOverMs: 0,
    log: () => undefined,
    start: (lane) => {
      owned.add(lane);
      wake();
      return {
        stop: async () => {
          owned.delete(lane);
          wake();
        },
      };
    },
  });
  shares.start();
  const owns = async (count: number) => {
    while (owned.size !== count) await new Promise<void>((resolve) => changed.push(resolve));
  };
  return { shares, owned, owns };
}

test('one worker owns every lane, a second one gets its half, and all are back when it leaves', async () => {
  const leases = new Leases();
  let alive = 1;
  const first = worker(leases, 4, () => alive);
  await first.owns(4);
  alive = 2;
  const second = worker(leases, 4, () => alive);
  await Promise.all([first.owns(2), second.owns(2)]);
  assert.equal(new Set([...first.owned, ...second.owned]).size, 4);
  alive = 1;
  await second.shares.stop(0);
  await first.owns(4);
  await first.shares.stop(0);
  assert.equal(first.owned.size, 0);
});
