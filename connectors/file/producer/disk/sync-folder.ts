// Makes names last: a new name in a folder survives a power cut only once the folder itself is on the disk.
import { closeSync, fsync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fsync);

export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and does not need it.
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    await sync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Creates a folder and what is missing above it; answers the folders that hold new names. */
export function createFolder(folder: string): readonly string[] {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return [];
  const changed: string[] = [];
  for (let created = folder; created.length >= first.length; created = path.dirname(created))
    changed.push(path.dirname(created));
  return changed;
}
