// How large V8's young generation becomes: V8 takes its bounds on the command line of Node.js only, but asks how fast to grow each time.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Lets the young generation grow to the first size from `bytes` on, and no further. Takes some milliseconds. */
export function boundYoungGeneration(bytes: number): void {
  const giveUpAt = performance.now() + 200;
  // It grows while what it holds survives.
  for (let kept: object[] = []; youngBytes() < bytes && performance.now() < giveUpAt; ) {
    for (let count = 0; count < 1000; count++) kept.push({ count });
    if (kept.length > 100_000) kept = [];
  }
  setFlagsFromString('--semi-space-growth-factor=1');
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
