// The package this program belongs to: its version and its folder, from source or from dist.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The folder that holds package.json: one up from bin/, two up from dist/bin/. */
export async function packageRoot(): Promise<string> {
  let folder = path.resolve(import.meta.dirname, '../..');
  if (path.basename(folder) === 'dist') folder = path.dirname(folder);
  return folder;
}

export async function readPackage(): Promise<{ readonly version: string }> {
  return JSON.parse(await readFile(path.join(await packageRoot(), 'package.json'), 'utf8'));
}
