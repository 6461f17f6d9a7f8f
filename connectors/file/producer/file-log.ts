// The log of a file producer that is busy: one sync a batch makes its small files safe, and each is made sure of in its own place later.
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { type ConnectorContext, RetryableError } from '../../../engine/connector/index.ts';
import { disk } from './disk/disk.ts';
import type { LogPosition, WriteAnswer, WriteJob } from './disk/job.ts';
import { fitsLog } from './disk/log-batch.ts';
import { bootId, logFolderName, logsOf } from './disk/log-place.ts';
import { LogSettler } from './log-settler.ts';
import { deviceThatCanSync } from './sync-file-system.ts';

/** A producer is busy when so many messages come at once, or the next ones so soon after the last. */
const busyEntries = 4;
const busyMs = 100;
/** A log is settled when it is so long or so old. By then the kernel has written most of its files. */
const fullBytes = 16 * 1024 * 1024;
const oldMs = 30_000;
/** Of one producer. When more wait to be settled the disk is behind, and files are synced one by one. */
const maxWaiting = 3;
/** Producers of one process that have a log at the same time. */
const maxLogging = 8;

const logging = new Set<FileLog>();

export class FileLog {
  readonly #root: string;
  readonly #boot: string;
  readonly #settler: LogSettler;
  #current: LogPosition | undefined;
  #age: NodeJS.Timeout | undefined;
  /** Of the root, when its files may wait in a log. */
  #device: number | undefined;
  #asked: Promise<void> | undefined;
  #begun = 0;
  #lastBatch = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;

  private constructor(root: string, boot: string, context: Pick<ConnectorContext, 'log'>) {
    this.#root = root;
    this.#boot = boot;
    this.#settler = new LogSettler(root, boot, context);
  }

  /** Writes again what a power failure took. Rejects while that cannot be done. Undefined where there are no logs. */
  static async open(root: string, context: Pick<ConnectorContext, 'log'>): Promise<FileLog | undefined> {
    if (bootId === undefined) return undefined;
    const log = new FileLog(root, bootId, context);
    if (!(await exists(path.join(root, logFolderName)))) return log;
    const answer = await disk.run({ kind: 'recover', root, boot: bootId });
    if ('kind' in answer) throw new RetryableError(answer.message);
    const { written, others } = answer;
    if (written > 0) context.log('warn', `wrote ${written} files again that a power failure took`);
    if (others) log.#settler.watchOthers();
    return log;
  }

  /** What no log takes is synced file by file. */
  async write(job: WriteJob): Promise<WriteAnswer> {
    const log = this.#next(job.entries.filter(fitsLog).length);
    if (log === undefined) {
      const answer = await disk.run(job);
      this.#lastBatch = performance.now();
      return answer;
    }
    // Nobody settles a log whose files have no names yet.
    this.#current = undefined;
    let end: number | undefined;
    try {
      const answer = await disk.run({ ...job, log });
      end = answer.logEnd;
      return answer;
    } finally {
      this.#lastBatch = performance.now();
      this.#current = { ...log, end: end ?? log.end };
      if (end === undefined) this.#giveUp();
      else if (this.#lastBatch - this.#begun >= oldMs) this.#settle();
    }
  }

  /** Makes sure of all files; no log is left. */
  async close(): Promise<void> {
    await this.#asked;
    this.#settle();
    await this.#settler.close();
    logging.delete(this);
  }

  /** For a batch with so many files that fit. Undefined: without a log. */
  #next(fitting: number): LogPosition | undefined {
    const now = performance.now();
    const isBusy = fitting >= busyEntries || (fitting > 0 && now - this.#lastBatch < busyMs);
    // Once there is a log, all goes by it: of two contents for one file the later one must be the one that is written again.
    if (!(isBusy || this.#isLogging()) || now < this.#notBefore) return undefined;
    if (this.#device === undefined) {
      this.#ask();
      return undefined;
    }
    if (this.#current !== undefined && this.#current.end >= fullBytes) this.#settle();
    this.#current ??= this.#begin(this.#device);
    return this.#current;
  }

  #isLogging(): boolean {
    return this.#current !== undefined || this.#settler.waiting > 0;
  }

  #ask(): void {
    this.#asked ??= deviceThatCanSync(this.#root).then((device) => {
      this.#device = device;
    });
  }

  #begin(device: number): LogPosition | undefined {
    const others = [...logging].filter((log) => log !== this && log.#isLogging());
    if (this.#settler.waiting >= maxWaiting || others.length >= maxLogging) return undefined;
    logging.add(this);
    this.#begun = performance.now();
    this.#age = setTimeout(() => this.#settle(), oldMs).unref();
    const name = `${randomBytes(6).toString('hex')}.log`;
    return { file: path.join(logsOf(this.#root, this.#boot), name), end: 0, device };
  }

  /** The log did not take a batch, or it is not known whether it did. */
  #giveUp(): void {
    this.#notBefore = performance.now() + oldMs;
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#age);
    if (this.#current !== undefined) this.#settler.settle(this.#current.file);
    this.#current = undefined;
  }
}

async function exists(folder: string): Promise<boolean> {
  try {
    await access(folder);
    return true;
  } catch {
    return false;
  }
}
