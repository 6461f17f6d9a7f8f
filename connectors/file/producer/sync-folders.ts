// Makes names last: a new name in a folder survives a power cut only once the folder itself is on the disk.
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and does not need it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder and what is missing above it; answers the folders that hold new names. */
export async function createFolder(folder: string): Promise<readonly string[]> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return [];
  const changed: string[] = [];
  for (let created = folder; created.length >= first.length; created = path.dirname(created))
    changed.push(path.dirname(created));
  return changed;
}
