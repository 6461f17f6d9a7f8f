// Removes the temporary files that a killed process left in the folders that are written to.
import { opendir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { temporaryName } from './disk/temporary-file.ts';

/** Younger ones may be another worker's, being written now. */
const oldMs = 3_600_000;
const maxFolders = 10_000;

export class Leftovers {
  readonly #swept = new Set<string>();
  readonly #signal: AbortSignal;
  #sweeping: Promise<unknown> = Promise.resolve();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Sweeps each folder once, behind the back of the messages. */
  sweep(folder: string): void {
    if (this.#swept.has(folder) || this.#swept.size >= maxFolders) return;
    this.#swept.add(folder);
    this.#sweeping = this.#sweeping.then(() => sweepFolder(folder, this.#signal)).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#sweeping;
  }
}

async function sweepFolder(folder: string, signal: AbortSignal): Promise<void> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    if (signal.aborted) return;
    if (!entry.isFile() || !temporaryName.test(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > oldMs) await rm(file, { force: true });
  }
}
