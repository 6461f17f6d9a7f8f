// The file consumer: offers each whole file once, and moves, deletes or remembers it when its message is stored.
import { watch } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  type ConsumerContext,
  type Delivery,
  durationSetting,
  NotConnectedError,
  Payload,
  sizeSetting,
} from '../../../engine/connector/index.ts';
import type { FileConsumerConfig } from '../config.ts';
import { contentTypeOf } from './content-type.ts';
import { type FoundFile, listFiles, type ScanOptions, SettledFiles } from './scan.ts';
import { TakenFiles } from './taken-files.ts';
import { Wakeup } from './wakeup.ts';

/** Network mounts and lost events: look again at least this often. */
const rescanMs = 5_000;

export async function* consume(
  config: FileConsumerConfig,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const inbox = new Inbox(config, context);
  const settled = new SettledFiles(inbox.settleMs);
  const wakeup = new Wakeup(context.signal);
  const watcher = await inbox.watch(() => wakeup.wake());
  try {
    while (!context.signal.aborted) {
      const files = await inbox.list();
      for (const file of settled.add(files, performance.now())) {
        if (context.signal.aborted) return;
        const delivery = await inbox.take(file, () => wakeup.wake());
        if (delivery !== undefined) yield delivery;
      }
      const waiting = inbox.waiting(files);
      if (config.finite === true && waiting === 0 && !inbox.hasOpen()) return;
      await wakeup.wait(waiting > 0 || inbox.hasOpen() ? Math.max(20, inbox.settleMs / 2) : rescanMs);
    }
  } finally {
    watcher?.close();
  }
}

class Inbox {
  readonly settleMs: number;
  readonly #config: FileConsumerConfig;
  readonly #context: ConsumerContext;
  readonly #directory: string;
  readonly #scan: ScanOptions;
  readonly #maxBytes: number;
  readonly #taken: TakenFiles;
  /** Offered and not settled, by name. */
  readonly #open = new Set<string>();
  /** Not to be offered before this time (milliseconds of performance.now()). */
  readonly #notBefore = new Map<string, number>();

  constructor(config: FileConsumerConfig, context: ConsumerContext) {
    this.#config = config;
    this.#context = context;
    this.#directory = context.resolvePath(config.directory);
    this.settleMs = durationSetting('settle', config.settle ?? '200ms');
    this.#maxBytes = sizeSetting('maxSize', config.maxSize ?? '1000KiB');
    this.#taken = new TakenFiles(context.cursor);
    const moveTo =
      this.#after === 'move'
        ? path.relative(this.#directory, this.#moveTo).split(path.sep).join('/')
        : undefined;
    this.#scan = {
      directory: this.#directory,
      pattern: config.pattern ?? '*',
      recursive: config.recursive ?? false,
      leaveOut: moveTo === undefined || moveTo.startsWith('..') ? undefined : moveTo,
    };
  }

  get #after() {
    return this.#config.after ?? 'move';
  }

  get #moveTo(): string {
    const moveTo = this.#config.moveTo;
    return moveTo === undefined ? path.join(this.#directory, '.done') : this.#context.resolvePath(moveTo);
  }

  hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** How many of these files are still to be offered. */
  waiting(files: readonly FoundFile[]): number {
    return files.filter((file) => !this.#open.has(file.name) && !this.#isDone(file)).length;
  }

  /** Creates the directory when it is missing: a flow may be started before its first file comes. */
  async watch(onChange: () => void): Promise<{ close(): void } | undefined> {
    try {
      await mkdir(this.#directory, { recursive: true });
      const watcher = watch(this.#directory, { recursive: this.#scan.recursive }, onChange);
      watcher.on('error', () => undefined);
      return watcher;
    } catch (error) {
      this.#context.log(
        'warn',
        `${this.#directory} cannot be watched, looking every ${rescanMs / 1000} s: ${(error as Error).message}`,
      );
      return undefined;
    }
  }

  async list(): Promise<readonly FoundFile[]> {
    try {
      return await listFiles(this.#scan);
    } catch (error) {
      throw new NotConnectedError(`cannot read ${this.#directory}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** The delivery of a file, unless it is open, done, too large or unreadable. */
  async take(file: FoundFile, wake: () => void): Promise<Delivery | undefined> {
    if (
      this.#open.has(file.name) ||
      this.#isDone(file) ||
      (this.#notBefore.get(file.name) ?? 0) > performance.now()
    )
      return undefined;
    if (file.size > this.#maxBytes) {
      this.#leave(file, `is larger than ${this.#config.maxSize ?? '1000KiB'}; left where it is`);
      return undefined;
    }
    const bytes = await readFile(path.join(this.#directory, file.name)).catch(
      (error: unknown) => error as NodeJS.ErrnoException,
    );
    if (!(bytes instanceof Uint8Array)) {
      if (bytes.code !== 'ENOENT') this.#later(file, rescanMs, `cannot be read: ${bytes.message}`);
      return undefined;
    }
    // Written to between looking and reading: it settles again.
    if (bytes.byteLength !== file.size) return undefined;
    this.#open.add(file.name);
    return this.#delivery(file, bytes, wake);
  }

  #isDone(file: FoundFile): boolean {
    return this.#taken.has(file);
  }

  #delivery(file: FoundFile, bytes: Uint8Array, wake: () => void): Delivery {
    const { name, size, modifiedMs, fingerprint } = file;
    const close = () => {
      this.#open.delete(name);
      wake();
    };
    return {
      payload: Payload.ofBytes(bytes, this.#config.contentType ?? contentTypeOf(name)),
      headers: {
        'file-name': encodeURI(path.posix.basename(name)),
        'file-path': encodeURI(name),
        'file-size': String(size),
        'file-modified': new Date(modifiedMs).toISOString(),
      },
      key: name,
      id: `${name}-${fingerprint}`,
      ...(this.#after === 'keep' ? { cursor: this.#taken.cursorWith(file) } : {}),
      ack: async () => {
        await this.#finish(file);
        close();
      },
      nack: ({ kind, message, retryAfterMs }) => {
        if (kind === 'refused') this.#leave(file, `can never be stored: ${message}; left where it is`);
        else this.#again(file, retryAfterMs);
        close();
      },
    };
  }

  async #finish(file: FoundFile): Promise<void> {
    this.#notBefore.delete(file.name);
    const source = path.join(this.#directory, file.name);
    try {
      if (this.#after === 'delete') await rm(source, { force: true });
      else if (this.#after === 'move') await moveFile(source, path.join(this.#moveTo, file.name));
      else this.#taken.add(file);
    } catch (error) {
      // Its message is stored: offering it again would double it.
      this.#leave(
        file,
        `was taken and cannot be ${this.#after === 'delete' ? 'deleted' : 'moved'}: ${(error as Error).message}`,
      );
    }
  }

  #leave(file: FoundFile, why: string): void {
    this.#taken.add(file);
    this.#context.log('error', `${file.name} ${why}`);
  }

  #again(file: FoundFile, ms: number): void {
    this.#taken.forget(file);
    this.#notBefore.set(file.name, performance.now() + ms);
  }

  #later(file: FoundFile, ms: number, why: string): void {
    this.#notBefore.set(file.name, performance.now() + ms);
    this.#context.log('warn', `${file.name} ${why}`);
  }
}

/** Into a folder, under a name that is free there. Across file systems a rename is not possible: then copied and deleted. */
async function moveFile(source: string, target: string): Promise<void> {
  const { copyFile, access } = await import('node:fs/promises');
  await mkdir(path.dirname(target), { recursive: true });
  const taken = await access(target).then(
    () => true,
    () => false,
  );
  const free = taken ? `${target}.${Date.now().toString(36)}` : target;
  try {
    await rename(source, free);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(source, `${free}.tmp`);
    await rename(`${free}.tmp`, free);
    await rm(source);
  }
}
