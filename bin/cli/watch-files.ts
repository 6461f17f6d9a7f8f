// Says when something below paths has changed: once at the beginning, then once per burst of changes.
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/** Editors write a file in several steps, and a checkout many files: this long after the last change it is over. */
const burstMs = 50;

export interface WatchOptions {
  /** Which files matter; all when absent. With it, a file that is given by name is watched without what lies beside it. */
  readonly only?: (file: string) => boolean;
}

/** Watches folders, and of files the folder around: editors replace files. Ends when the signal aborts. */
export async function* watchFiles(
  paths: readonly string[],
  signal: AbortSignal,
  { only }: WatchOptions = {},
): AsyncGenerator<void, void, undefined> {
  const folders = [...new Set(paths.map(folderOf))];
  const whole = new Set(paths.map((file) => path.resolve(file)));
  const isIgnored = (file: string, isFile: boolean) =>
    /(?:^|[\\/])(?:node_modules|\.[^./\\][^/\\]*)$/.test(file) ||
    (only !== undefined && ((isFile && !only(file)) || !isWithin(whole, path.resolve(file))));
  const watcher = watch(folders, {
    ignoreInitial: true,
    ignored: (file, stats) => !folders.includes(file) && isIgnored(file, stats?.isFile() === true),
  });
  try {
    const changes = new Changes(watcher, signal, only);
    // What changes before would go unnoticed.
    await once(watcher, 'ready', { signal });
    yield;
    while (await changes.next()) yield;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await watcher.close();
  }
}

function folderOf(file: string): string {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? file : path.dirname(file);
}

function isWithin(given: ReadonlySet<string>, file: string): boolean {
  for (let at = file; ; at = path.dirname(at)) {
    if (given.has(at)) return true;
    if (path.dirname(at) === at) return false;
  }
}

class Changes {
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  #wake: () => void = () => undefined;

  constructor(watcher: FSWatcher, signal: AbortSignal, only: WatchOptions['only'] = () => true) {
    this.#signal = signal;
    watcher.on('all', (_event, file) => {
      if (!only(file)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#isDue = true;
        this.#wake();
      }, burstMs);
    });
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Resolves with true after a burst of changes, with false when the signal aborts. */
  async next(): Promise<boolean> {
    while (!this.#isDue && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#isDue = false;
    return !this.#signal.aborted;
  }
}
