// Looks through a directory for files that are whole: matching, and unchanged for a while.
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface FoundFile {
  /** Relative to the directory, with `/` between names. */
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Changes whenever the file does. */
  readonly fingerprint: string;
}

export interface ScanOptions {
  readonly directory: string;
  readonly pattern: string;
  readonly recursive: boolean;
  /** Relative to the directory: where taken files go. */
  readonly leaveOut: string | undefined;
}

/** Endings that programs give to files they have not finished. */
const unfinished = /(?:\.tmp|\.temp|\.part|\.partial|\.filepart|\.crdownload|\.swp|~)$/i;

/** Matching files by name. Links are left out: they could lead anywhere. Rejects when the directory cannot be read. */
export async function listFiles(options: ScanOptions): Promise<readonly FoundFile[]> {
  const entries = await readdir(options.directory, { withFileTypes: true, recursive: options.recursive });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => nameOf(entry, options.directory));
  const wanted = names.filter((name) => isWanted(name, options)).sort();
  const found = await Promise.all(wanted.map((name) => describe(options.directory, name)));
  return found.filter((file) => file !== undefined);
}

function nameOf(entry: Dirent, directory: string): string {
  return path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
}

function isWanted(name: string, { pattern, leaveOut }: ScanOptions): boolean {
  if (name.split('/').some((part) => part.startsWith('.')) || unfinished.test(name)) return false;
  if (leaveOut !== undefined && (name === leaveOut || name.startsWith(`${leaveOut}/`))) return false;
  return path.matchesGlob(name, pattern);
}

async function describe(directory: string, name: string): Promise<FoundFile | undefined> {
  const stats: Stats | undefined = await lstat(path.join(directory, name)).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const fingerprint = `${stats.ino}-${stats.size}-${stats.mtimeMs}`;
  return { name, size: stats.size, modifiedMs: stats.mtimeMs, fingerprint };
}

/** Remembers since when each file has looked as it does now. */
export class SettledFiles {
  readonly #settleMs: number;
  #seen = new Map<string, { readonly fingerprint: string; readonly sinceMs: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** Of the files found now, those unchanged for the settle time. */
  add(files: readonly FoundFile[], nowMs: number): readonly FoundFile[] {
    const before = this.#seen;
    this.#seen = new Map(
      files.map((file) => {
        const known = before.get(file.name);
        return [
          file.name,
          known?.fingerprint === file.fingerprint ? known : { fingerprint: file.fingerprint, sinceMs: nowMs },
        ];
      }),
    );
    return files.filter((file) => nowMs - (this.#seen.get(file.name)?.sinceMs ?? nowMs) >= this.#settleMs);
  }
}
