// Payloads kept in files: compared with what producers get, and written anew when asked to.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonType } from '../format/content.ts';
import { type Difference, differencesBetween } from './differences.ts';

/** What a producer got. */
export interface GoldenContent {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface GoldenFiles {
  /** Differences from the content of the file; a file that is not there differs as a whole. */
  compare(file: string, content: GoldenContent): readonly Difference[];
  /** Files written, in order. */
  readonly written: readonly string[];
}

/** With `update`, files take on what differs from them instead. Paths are resolved against the directory. */
export function goldenFiles(directory: string, update: boolean): GoldenFiles {
  const written: string[] = [];
  return {
    written,
    compare: (name, content) => {
      const file = path.resolve(directory, name);
      const found = differencesFrom(readIfThere(file), content);
      if (found.length === 0 || !update) return found;
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, asWritten(content));
      written.push(name);
      return [];
    },
  };
}

/** JSON counts by what it says, everything else by its bytes. */
function differencesFrom(golden: Uint8Array | undefined, content: GoldenContent): readonly Difference[] {
  if (golden === undefined) {
    return [{ path: '', expected: 'nothing', actual: { value: contentValue(content.bytes, content) } }];
  }
  if (Buffer.compare(golden, content.bytes) === 0) return [];
  return differencesBetween(contentValue(golden, content), contentValue(content.bytes, content), 'exact');
}

function contentValue(bytes: Uint8Array, { contentType }: GoldenContent): unknown {
  const text = Buffer.from(bytes).toString();
  if (!isJsonType(contentType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asWritten(content: GoldenContent): Uint8Array | string {
  if (!isJsonType(content.contentType)) return content.bytes;
  return `${JSON.stringify(contentValue(content.bytes, content), null, 2)}\n`;
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
