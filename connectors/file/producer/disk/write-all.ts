// One write may take less than it is given.
import { writeSync } from 'node:fs';

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += writeSync(fd, bytes, done);
}
