// V8's garbage collector, to be called by hand: what lies outside its heap, or was needed once, it comes to late.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** `last-resort` gives everything back to the system that can be, and takes several times as long. */
export type Collect = (options: {
  readonly type: 'minor' | 'major';
  readonly flavor?: 'last-resort';
}) => void;

let collect: Collect | undefined;

export function garbageCollector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}
