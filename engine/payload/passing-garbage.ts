// Frees the buffers of content that has passed: they lie outside V8's heap, which comes to them only when its own is full.
import { garbageCollector } from './garbage-collector.ts';

/** A collection of the young generation takes about a millisecond. */
const minorEvery = 4 * 1024 * 1024;
/** What survived two of those waits for a major one. It takes some 30 ms, and may come when there is so much to be had. */
const majorFrom = 4 * 1024 * 1024;
/** Many transfers at once hold more and less than that all the time. Milliseconds: where much passes, collecting takes a share and no more. */
const majorEveryMs = 250;

const listeners: (() => boolean)[] = [];
let passed = 0;
/** When the last major one was, by the steady clock. */
let lastMajor = Number.NEGATIVE_INFINITY;
/** Outside the heap after the last major collection. */
let remaining = 0;

/** By the steady clock, in milliseconds. */
let lastPassed = Number.NEGATIVE_INFINITY;
const passingForMs = 10_000;

/** Whether content has passed lately. */
export function isContentPassing(): boolean {
  return performance.now() - lastPassed < passingForMs;
}

/** To be told of every chunk that nobody will ask for again soon. */
export function contentPassed(bytes: number): void {
  passed += bytes;
  lastPassed = performance.now();
  if (passed < minorEvery) return;
  passed = 0;
  const isMuchFree = listeners.map((listener) => listener()).includes(true);
  const collect = garbageCollector();
  collect({ type: 'minor' });
  const outside = bytesOutside();
  if (outside < remaining) remaining = outside;
  const isDue = outside - remaining >= majorFrom && lastPassed - lastMajor >= majorEveryMs;
  if (!isDue && !isMuchFree) return;
  lastMajor = lastPassed;
  collect({ type: 'major' });
  remaining = bytesOutside();
}

/** `listener` is called before each collection, for as long as the process lives; it answers whether it let go of much, of old. */
export function beforeCollecting(listener: () => boolean): void {
  listeners.push(listener);
}

function bytesOutside(): number {
  return process.memoryUsage().arrayBuffers;
}
