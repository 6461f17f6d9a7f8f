// Settles logs: has the disk confirm the files that they hold, all at once and behind the back of the messages, and removes them.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConnectorContext } from '../../../engine/connector/index.ts';
import { logsOf, removeEmptyFolders } from './disk/log-place.ts';
import { syncFileSystem } from './sync-file-system.ts';

/** Workers that live settle twice a minute. A log that nobody has written to for so long is one of a killed worker. */
const abandonedMs = 300_000;
const retryMs = 60_000;

export class LogSettler {
  readonly #root: string;
  readonly #boot: string;
  readonly #context: Pick<ConnectorContext, 'log'>;
  #waiting: readonly string[] = [];
  #settling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(root: string, boot: string, context: Pick<ConnectorContext, 'log'>) {
    this.#root = root;
    this.#boot = boot;
    this.#context = context;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** All files of this log have their names. */
  settle(log: string): void {
    this.#waiting = [...this.#waiting, log];
    this.#start();
  }

  /** There are logs of others: what killed ones have left is settled when it is certain that they were killed. */
  watchOthers(): void {
    this.#start();
    this.#later(abandonedMs);
  }

  async close(): Promise<void> {
    await this.#settling;
    clearTimeout(this.#timer);
    await removeEmptyFolders(this.#root, this.#boot);
  }

  #start(): void {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined;
    });
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), ms).unref();
  }

  async #settleAll(): Promise<void> {
    try {
      do await this.#settleSome();
      while (this.#waiting.length > 0);
    } catch (error) {
      this.#context.log('warn', `the disk does not confirm what was written: ${(error as Error).message}`);
      this.#later(retryMs);
    }
  }

  async #settleSome(): Promise<void> {
    const settled = this.#waiting;
    const abandoned = await this.#abandoned();
    if (settled.length + abandoned.length === 0) return;
    await syncFileSystem(this.#root);
    for (const log of [...settled, ...abandoned]) await rm(log, { force: true });
    this.#waiting = this.#waiting.filter((log) => !settled.includes(log));
  }

  async #abandoned(): Promise<readonly string[]> {
    const folder = logsOf(this.#root, this.#boot);
    const names = await readdir(folder).catch(() => []);
    const logs = names.filter((name) => name.endsWith('.log')).map((name) => path.join(folder, name));
    const ages = await Promise.all(logs.map(ageMs));
    return logs.filter((log, index) => !this.#waiting.includes(log) && (ages[index] ?? 0) > abandonedMs);
  }
}

async function ageMs(log: string): Promise<number> {
  try {
    return Date.now() - (await stat(log)).mtimeMs;
  } catch {
    // Its worker has just settled it.
    return 0;
  }
}
