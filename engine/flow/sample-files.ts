// Reads the files that manifests name: samples of consumers, payloads of tests.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { formatSize } from '../units/size.ts';

/** The bytes of a file; throws an error whose message says why not. Relative names are those of manifests as the user gave them. */
export type ReadFile = (file: string) => Uint8Array;

const MAX_BYTES = 4 * 1024 * 1024;

/** Reads regular files of up to 4 MiB, each once; relative paths are resolved against the directory. */
export function sampleReader(directory = ''): ReadFile {
  const known = new Map<string, Uint8Array>();
  return (file) => {
    const resolved = path.resolve(directory, file);
    const bytes = known.get(resolved) ?? readSampleFile(resolved);
    known.set(resolved, bytes);
    return bytes;
  };
}

function readSampleFile(file: string): Uint8Array {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error('there is no such file');
  if (!stat.isFile()) throw new Error('it is no file');
  if (stat.size > MAX_BYTES)
    throw new Error(`it has ${formatSize(stat.size)}; a sample may have ${formatSize(MAX_BYTES)}`);
  return readFileSync(file);
}
