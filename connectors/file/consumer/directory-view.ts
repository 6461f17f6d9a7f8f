// What the directory looks like now: its files, which of them have settled, and when to look again.
import { access, constants } from 'node:fs/promises';
import { type ConnectorContext, PermanentError } from '../../../engine/connector/index.ts';
import type { Clock } from './clock.ts';
import { FolderWatch } from './folder-watch.ts';
import type { FoundFile } from './found-file.ts';
import { type Listing, listFiles } from './scan.ts';
import type { InboxSettings } from './settings.ts';
import { SettledFiles } from './settled-files.ts';

export interface Look {
  /** False when the directory is missing or cannot be read. */
  readonly isThere: boolean;
  readonly files: readonly FoundFile[];
  /** Those of them that nobody writes any more. */
  readonly settled: readonly FoundFile[];
  /** Until the next of the others may have settled; undefined when there is none. */
  readonly settlesInMs: number | undefined;
  /** Look again after this long, whatever else happens: network mounts give no hints. */
  readonly againMs: number;
}

const lookEveryMs = 5_000;
const missingMs = 1_000;
/** Looking takes at most a twentieth of the time when nothing happens, and a third when a lot does. */
const idleShare = 20;
const busyShare = 2;
const shortestRestMs = 20;

export class DirectoryView {
  readonly #settings: InboxSettings;
  readonly #context: ConnectorContext;
  readonly #clock: Clock;
  readonly #settledFiles: SettledFiles;
  readonly #watch: FolderWatch;
  readonly #said = new Set<string>();
  #missing: string | undefined;
  #isChecked = false;
  #tookMs = 0;

  constructor(settings: InboxSettings, context: ConnectorContext, clock: Clock, onChange: () => void) {
    this.#settings = settings;
    this.#context = context;
    this.#clock = clock;
    this.#settledFiles = new SettledFiles(settings.settleMs);
    this.#watch = new FolderWatch(onChange, (why) =>
      this.#say(`${why}; looking every ${lookEveryMs / 1000} s`),
    );
  }

  /** Rejects with PermanentError when files can be read here but never be taken away. */
  async look(): Promise<Look> {
    const began = this.#clock.now();
    const listing = await this.#list();
    if (listing === undefined)
      return { isThere: false, files: [], settled: [], settlesInMs: undefined, againMs: missingMs };
    await this.#assertWritable();
    const isNewlyWatched = this.#watch.follow(listing.folders);
    const now = this.#clock.now();
    this.#tookMs = now - began;
    for (const problem of listing.problems) this.#say(`cannot be read: ${problem}`);
    const { files } = listing;
    const settled = this.#settledFiles.observe(files, now);
    const dueMs = this.#settledFiles.nextDueMs(files, now);
    return {
      isThere: true,
      files,
      settled,
      settlesInMs: dueMs === undefined ? undefined : dueMs - now,
      againMs: isNewlyWatched ? 0 : Math.max(lookEveryMs, idleShare * this.#tookMs),
    };
  }

  /** How long to leave the disk alone between two looks, however much happens. */
  get restMs(): number {
    return Math.max(shortestRestMs, busyShare * this.#tookMs);
  }

  close(): void {
    this.#watch.close();
  }

  async #list(): Promise<Listing | undefined> {
    const { directory } = this.#settings.scan;
    try {
      const listing = await listFiles(this.#settings.scan);
      if (this.#missing !== undefined) this.#context.log('info', `${directory} is there`);
      this.#missing = undefined;
      return listing;
    } catch (error) {
      const { message } = error as Error;
      if (this.#missing !== message) this.#context.log('warn', `waiting for ${directory}: ${message}`);
      this.#missing = message;
      this.#watch.follow([]);
      return undefined;
    }
  }

  /** A file that could not be taken away would be offered again at every start. */
  async #assertWritable(): Promise<void> {
    if (this.#isChecked || this.#settings.finish.after === 'keep') return;
    await assertWritable(this.#settings);
    this.#isChecked = true;
  }

  #say(what: string): void {
    if (this.#said.has(what)) return;
    if (this.#said.size >= 1000) this.#said.clear();
    this.#said.add(what);
    this.#context.log('warn', what);
  }
}

/** Throws PermanentError when nothing can be moved or deleted in the directory. */
export async function assertWritable({ scan, finish }: InboxSettings): Promise<void> {
  if (finish.after === 'keep') return;
  try {
    await access(scan.directory, constants.W_OK);
  } catch (error) {
    const why = (error as Error).message;
    throw new PermanentError(
      `files cannot be taken out of ${scan.directory} (${why}); write \`after: keep\``,
      {
        cause: error,
      },
    );
  }
}
