// Writes one message as a whole file, or takes one that was written already.
import { closeSync } from 'node:fs';
import path from 'node:path';
import { giveName, openTemporary, removeTemporary } from './temporary-file.ts';
import { writeAll } from './write-all.ts';
import type { WrittenFile } from './written-file.ts';

export interface WholeOptions {
  /** An existing file with other content is an error. */
  readonly exclusive: boolean;
  readonly place: number;
}

export function writeWhole(file: string, content: Uint8Array, options: WholeOptions): WrittenFile {
  const { temporary, fd, created } = openTemporary(file);
  const abandon = () => {
    closeSync(fd);
    removeTemporary(temporary);
  };
  try {
    writeAll(fd, content);
  } catch (error) {
    abandon();
    throw error;
  }
  return {
    fd,
    places: [options.place],
    abandon,
    finish: () => {
      closeSync(fd);
      nameOrRemove(temporary, file, options.exclusive);
      return [path.dirname(file), ...created];
    },
  };
}

/** Of a temporary file whose data is safe. */
export function takeSpooled(temporary: string, file: string, options: WholeOptions): WrittenFile {
  return {
    fd: undefined,
    places: [options.place],
    abandon: () => removeTemporary(temporary),
    finish: () => {
      nameOrRemove(temporary, file, options.exclusive);
      return [path.dirname(file)];
    },
  };
}

function nameOrRemove(temporary: string, file: string, exclusive: boolean): void {
  try {
    giveName(temporary, file, exclusive);
  } catch (error) {
    removeTemporary(temporary);
    throw error;
  }
}
