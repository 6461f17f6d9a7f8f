// Looks through a directory for matching files, without following links.
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { type FoundFile, foundFile } from './found-file.ts';

export interface ScanOptions {
  readonly directory: string;
  /** A glob; without a slash it is about the last name of the path. */
  readonly pattern: string;
  readonly recursive: boolean;
  /** Relative to the directory, with `/`: where taken files go. */
  readonly leaveOut: string | undefined;
  /** Only files beside which there is one with this added to its name. */
  readonly marker: string | undefined;
}

export interface Listing {
  /** In the order of their names. */
  readonly files: readonly FoundFile[];
  /** Absolute; the directory itself first. */
  readonly folders: readonly string[];
  /** Folders and names that cannot be read, and why. */
  readonly problems: readonly string[];
}

/** Endings that programs give to files they have not finished. */
const unfinished = /(?:\.tmp|\.temp|\.part|\.partial|\.filepart|\.crdownload|\.swp|~)$/i;
/** Files looked at at once: a slow disk is kept busy, the other users of the thread pool still get their turn. */
const lookAhead = 32;

/** Rejects when the directory itself cannot be read. */
export async function listFiles(options: ScanOptions): Promise<Listing> {
  const walk = new Walk(options);
  await walk.enter('', await readdir(options.directory, { withFileTypes: true }));
  const names = walk.names.sort();
  const files: FoundFile[] = [];
  for (let start = 0; start < names.length; start += lookAhead) {
    const described = await Promise.all(
      names.slice(start, start + lookAhead).map((name) => walk.describe(name)),
    );
    files.push(...described.filter((file) => file !== undefined));
  }
  return { files, folders: walk.folders, problems: walk.problems };
}

class Walk {
  readonly names: string[] = [];
  readonly folders: string[] = [];
  readonly problems: string[] = [];
  readonly #options: ScanOptions;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  async enter(folder: string, entries: readonly Dirent[]): Promise<void> {
    this.folders.push(path.join(this.#options.directory, folder));
    const visible = entries.filter((entry) => !entry.name.startsWith('.'));
    this.#collect(folder, visible);
    if (!this.#options.recursive) return;
    for (const entry of visible) {
      const name = folder + entry.name;
      if (entry.isDirectory() && name !== this.#options.leaveOut) await this.#descend(`${name}/`);
    }
  }

  async describe(name: string): Promise<FoundFile | undefined> {
    try {
      const stats = await lstat(path.join(this.#options.directory, name), { bigint: true });
      return stats.isFile() ? foundFile(name, stats) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#report(name, error);
      else if (name.includes('\u{fffd}'))
        this.problems.push(`${name}: the name is not UTF-8; rename the file`);
      return undefined;
    }
  }

  async #descend(folder: string): Promise<void> {
    let entries: readonly Dirent[];
    try {
      entries = await readdir(path.join(this.#options.directory, folder), { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#report(folder, error);
      return;
    }
    await this.enter(folder, entries);
  }

  #collect(folder: string, entries: readonly Dirent[]): void {
    const { pattern, marker } = this.#options;
    const present = marker === undefined ? undefined : new Set(entries.map((entry) => entry.name));
    for (const entry of entries) {
      if (!entry.isFile() || unfinished.test(entry.name)) continue;
      if (marker !== undefined && entry.name.endsWith(marker)) continue;
      if (present !== undefined && !present.has(entry.name + marker)) continue;
      const name = folder + entry.name;
      if (path.posix.matchesGlob(pattern.includes('/') ? name : entry.name, pattern)) this.names.push(name);
    }
  }

  #report(name: string, error: unknown): void {
    this.problems.push(`${name}: ${(error as Error).message}`);
  }
}
