// Gives back what starting took: V8 grows its heap while modules are loaded, and keeps it.
import { garbageCollector } from '../../engine/payload/garbage-collector.ts';

/** Collecting more than this would hold a worker up for long, and find little. */
const worthwhileBytes = 64 * 1024 * 1024;

/** Takes about 90 ms. */
export function settleHeap(): void {
  if (process.memoryUsage().heapUsed > worthwhileBytes) return;
  garbageCollector()({ type: 'major', flavor: 'last-resort' });
}
