// How large V8's young generation becomes: V8 takes its bounds on the command line of Node.js only, but asks how fast to grow each time.
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { isContentPassing } from '../../engine/payload/passing-garbage.ts';

const mebibyte = 1024 * 1024;
const enoughBytes = 16 * mebibyte;
/** V8 doubles what it has, which may be any size since it shrinks at rest: from here on, of what is enough, twice as much is further from it. */
const nearEnough = 0.75;
/** So many collections of one that is large enough within a second: a larger one would halve them. */
const oftenCollections = 8;

/**
 * What stays grows slowly, so that a worker's memory does. A young generation of V8's own size (64 MiB) takes a worker beyond 200 MB
 * before a backlog; one of 2 MiB made collecting it half of a worker's time, one of 16 takes a busy worker twice as long as one of 32
 * (docs/performance.md). While payloads pass there are few messages, and half of it does.
 *
 * V8 makes what often survived its first collections old from the start, for good. While a worker is full that is each message in hand, of which
 * nothing is left a moment later: collections of everything, two a second, would have to clear them away (docs/adr/0028).
 */
export function boundWorkerHeap(): void {
  boundYoungGeneration((isOften) => {
    if (isContentPassing()) return enoughBytes / 2;
    return isOften ? 2 * enoughBytes : enoughBytes;
  });
  setFlagsFromString('--heap-growing-percent=100');
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/**
 * Lets the young generation grow until it is about as large as `bytes` says, and no further. V8 makes it small again when little happens, so this
 * looks after every collection. `isOften`: whether it is collected often although it is large enough.
 */
export function boundYoungGeneration(bytes: (isOften: boolean) => number): void {
  let mayGrow = true;
  let lately: readonly number[] = [];
  new PerformanceObserver((list) => {
    const young = youngBytes();
    const began = list.getEntries().map(({ startTime }) => startTime);
    lately = young < enoughBytes * nearEnough ? [] : [...lately, ...began].slice(-oftenCollections);
    const isOften = lately.length === oftenCollections && performance.now() - (lately[0] as number) < 1000;
    if (young < bytes(isOften) * nearEnough === mayGrow) return;
    mayGrow = !mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  }).observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
