// Collects garbage before something is measured, so that what was there before is not part of it.
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

export function garbageCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}

/** What a process that was started long ago has as a young generation, in bytes; V8 gives back what it made of it when large data was read. */
export async function settleHeap(collect: Collect, youngBytes: number): Promise<void> {
  collect({ type: 'major', flavor: 'last-resort' });
  for (let round = 0; youngGeneration() < youngBytes && round < 100; round += 1) {
    const kept = Array.from({ length: 50_000 }, (_, index) => ({ index }));
    // Who bounds its growth looks when the event loop turns.
    await pause(1);
    if (kept.length === 0) throw new Error('nothing was kept');
  }
}

function youngGeneration(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
