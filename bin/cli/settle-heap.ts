// Gives back what starting took: V8 grows its heap while modules are loaded, and keeps it.
import { setFlagsFromString } from 'node:v8';
import { garbageCollector } from '../../engine/payload/garbage-collector.ts';

/** Collecting more than this would hold a worker up for long, and find little. */
const worthwhileBytes = 96 * 1024 * 1024;
/** V8 collects twice so long after a collection, when little happens (`--gc-memory-reducer-start-delay-ms`), and a little more. */
const reducerMs = 10_000;

/** Takes about 90 ms. */
export function settleHeap(): void {
  if (process.memoryUsage().heapUsed > worthwhileBytes) return;
  garbageCollector()({ type: 'major', flavor: 'last-resort' });
  // What V8 would collect after this was collected just now. After later ones it may.
  setFlagsFromString('--memory-reducer-gc-count=0');
  setTimeout(() => setFlagsFromString('--memory-reducer-gc-count=2'), reducerMs).unref();
}
