// How large V8's young generation becomes: V8 takes its bounds on the command line of Node.js only, but asks how fast to grow each time.
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { isContentPassing } from '../../engine/payload/passing-garbage.ts';

const mebibyte = 1024 * 1024;

/**
 * What stays grows slowly, so that a worker's memory does. A young generation of V8's own size (64 MiB) takes a worker beyond 200 MB
 * before a backlog; one of 2 MiB made collecting it half of a worker's time, one of 16 takes twice as long as this (docs/performance.md). While payloads
 * pass there are few messages, and a quarter of it does.
 */
export function boundWorkerHeap(): void {
  boundYoungGeneration(() => (isContentPassing() ? 8 : 32) * mebibyte);
  setFlagsFromString('--heap-growing-percent=100');
}

/**
 * Lets the young generation grow while it is smaller than `bytes` says, and no further. V8 makes it small again when little happens, so this
 * looks after every collection.
 */
export function boundYoungGeneration(bytes: () => number): void {
  let mayGrow = true;
  new PerformanceObserver(() => {
    if (youngBytes() < bytes() === mayGrow) return;
    mayGrow = !mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  }).observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
