// Says when something below paths has changed: once at the beginning, then once per burst of changes.
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/** Editors write a file in several steps, and a checkout many files: this long after the last change it is over. */
const burstMs = 50;

/** Watches folders, and of files the folder around: editors replace files. Ends when the signal aborts. */
export async function* watchFiles(
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const watcher = watch([...new Set(paths.map(folderOf))], {
    ignoreInitial: true,
    ignored: (file) => /(?:^|[\\/])(?:node_modules|\.[^./\\][^/\\]*)$/.test(file),
  });
  try {
    const changes = new Changes(watcher, signal);
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

class Changes {
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  #wake: () => void = () => undefined;

  constructor(watcher: FSWatcher, signal: AbortSignal) {
    this.#signal = signal;
    watcher.on('all', () => {
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
