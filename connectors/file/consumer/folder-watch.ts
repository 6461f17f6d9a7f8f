// Hints that something happens in a set of folders. Only hints: the consumer looks now and then without them too.
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

/** Deep trees are looked at on time only. */
const maxFolders = 256;

export class FolderWatch {
  readonly #onChange: () => void;
  readonly #onTrouble: (why: string) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(onChange: () => void, onTrouble: (why: string) => void) {
    this.#onChange = onChange;
    this.#onTrouble = onTrouble;
  }

  /** From now on these folders and no others. Answers whether there are new ones: what came before now gave no hint. */
  follow(folders: readonly string[]): boolean {
    const wanted = new Set(folders.slice(0, maxFolders));
    for (const folder of this.#watchers.keys()) if (!wanted.has(folder)) this.#forget(folder);
    let isAdded = false;
    for (const folder of wanted) if (!this.#watchers.has(folder)) isAdded = this.#add(folder) || isAdded;
    return isAdded;
  }

  close(): void {
    this.follow([]);
  }

  #add(folder: string): boolean {
    try {
      const watcher = watch(folder, (_event, name) => {
        // The folder itself was moved or deleted: one of its name may come, and needs a watcher of its own.
        if (name === path.basename(folder)) this.#forget(folder);
        this.#onChange();
      });
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      this.#onTrouble(`${folder} cannot be watched: ${(error as Error).message}`);
      return false;
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
