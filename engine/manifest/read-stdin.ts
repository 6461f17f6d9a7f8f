// Reads standard input to its end: slow writers are waited for, endless ones are not.
import { readSync } from 'node:fs';

/** Beyond it what is there already is far too large for a manifest. */
const enough = 16 * 1024 * 1024;
const patienceMs = 10;

export function readStdin(): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let total = 0; total < enough; ) {
    const chunk = readChunk();
    if (chunk === undefined) break;
    chunks.push(chunk);
    total += chunk.byteLength;
  }
  return Buffer.concat(chunks);
}

/** Undefined at the end. */
function readChunk(): Uint8Array | undefined {
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      const count = readSync(0, chunk);
      return count === 0 ? undefined : chunk.subarray(0, count);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return undefined;
      if (code !== 'EAGAIN') throw error;
      // A pipe that somebody made non-blocking has nothing yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patienceMs);
    }
  }
}
