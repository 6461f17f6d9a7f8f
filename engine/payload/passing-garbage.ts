// Frees the buffers of content that has passed: they lie outside V8's heap, which comes to them only when its own is full.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;

/** A collection of the young generation takes about a millisecond. */
const bytesBetween = 4 * 1024 * 1024;

let passed = 0;
let collect: Collect | undefined;

/** To be told of every chunk that nobody will ask for again soon. */
export function contentPassed(bytes: number): void {
  passed += bytes;
  if (passed < bytesBetween) return;
  passed = 0;
  collect ??= collector();
  collect({ type: 'minor' });
}

function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
