// The state of every file on its way: open, held back, left behind, taken; and how much of them is held in memory.
import type { FileHandle } from 'node:fs/promises';
import type { ConsumerContext, Delivery } from '../../../engine/connector/index.ts';
import type { Clock } from './clock.ts';
import { finishFile } from './finish-file.ts';
import type { FoundFile } from './found-file.ts';
import { Ledger } from './ledger.ts';
import { openFound } from './open-file.ts';
import type { InboxSettings } from './settings.ts';
import { Wakeup } from './wakeup.ts';

/** Offered and not settled at most: the engine may be slow, and what is offered is held in memory. */
const maxOpenBytes = 8 * 1024 * 1024;
const maxOpen = 1000;
/** A file that cannot be read, moved or deleted now is tried again after this long. */
const troubleMs = 30_000;
const maxSaid = 10_000;

interface Again {
  readonly dueMs: number;
  readonly offer: () => Delivery;
}

export class Inbox {
  readonly settings: InboxSettings;
  readonly ledger: Ledger;
  /** Wakes the search for files. */
  readonly look: Wakeup;
  readonly #room: Wakeup;
  readonly #context: ConsumerContext;
  readonly #clock: Clock;
  /** Deliveries offered and not settled, by file. */
  readonly #open = new Map<string, number>();
  readonly #finishing = new Set<string>();
  readonly #notBefore = new Map<string, number>();
  /** By name: the identity that will not be offered (again). */
  readonly #left = new Map<string, string>();
  readonly #said = new Set<string>();
  #again: readonly Again[] = [];
  #openCount = 0;
  #openBytes = 0;

  constructor(settings: InboxSettings, context: ConsumerContext, clock: Clock) {
    this.settings = settings;
    this.ledger = new Ledger(context.cursor);
    this.look = new Wakeup(context.signal, clock);
    this.#room = new Wakeup(context.signal, clock);
    this.#context = context;
    this.#clock = clock;
  }

  get isStopping(): boolean {
    return this.#context.signal.aborted;
  }

  /** Whether nothing is offered, nor waits to be offered again. */
  get isIdle(): boolean {
    return this.#openCount === 0 && this.#finishing.size === 0 && this.#notBefore.size === 0;
  }

  /** Whether to offer this file now. */
  wants(file: FoundFile): boolean {
    if (this.#open.has(file.name) || this.#finishing.has(file.name)) return false;
    if (this.#left.get(file.name) === file.identity) return false;
    if (this.ledger.stateOf(file.fingerprint) !== 'open') return false;
    if (!this.#isDue(file)) return false;
    if (!this.ledger.isFull) return true;
    this.leave(file, 'is one more than can be remembered with `after: keep`; move or delete files');
    return false;
  }

  /** Everything of it is stored already, and a crash came before it could be moved. */
  isOverdue(file: FoundFile): boolean {
    return (
      this.settings.finish.after !== 'keep' &&
      this.ledger.stateOf(file.fingerprint) === 'taken' &&
      !this.#open.has(file.name) &&
      !this.#finishing.has(file.name) &&
      this.#isDue(file)
    );
  }

  /** Undefined when it is gone or has changed, or cannot be read now. */
  async open(file: FoundFile): Promise<FileHandle | undefined> {
    this.#notBefore.delete(file.name);
    try {
      return await openFound(this.settings.scan.directory, file);
    } catch (error) {
      this.trouble(file, `cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  hold({ name }: FoundFile, bytes: number): void {
    this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
    this.#openCount++;
    this.#openBytes += bytes;
  }

  /** Answers whether nothing of the file is open any more. */
  release({ name }: FoundFile, bytes: number): boolean {
    const left = (this.#open.get(name) ?? 1) - 1;
    if (left === 0) this.#open.delete(name);
    else this.#open.set(name, left);
    this.#openCount--;
    this.#openBytes -= bytes;
    this.#room.wake();
    if (this.settings.finite && this.#openCount === 0) this.look.wake();
    return left === 0;
  }

  isOpen({ name }: FoundFile): boolean {
    return this.#open.has(name);
  }

  /** Offers again what is due, and ends when there is room for more (or the flow stops). */
  async *room(): AsyncGenerator<Delivery, void, undefined> {
    while (!this.#context.signal.aborted) {
      const again = this.#takeDue();
      if (again !== undefined) yield again.offer();
      else if (this.#openCount < maxOpen && this.#openBytes < maxOpenBytes) return;
      else await this.#room.wait(this.nextDueMs() ?? troubleMs);
    }
  }

  /** What `offer` makes is offered again, as part of what is open already. */
  offerAgain(offer: () => Delivery, afterMs: number): void {
    this.#again = [...this.#again, { dueMs: this.#clock.now() + afterMs, offer }];
    this.#room.wake();
    this.look.wake();
  }

  /** Nothing of the file was taken; it is offered again after this long. */
  holdBack(file: FoundFile, ms: number): void {
    this.#notBefore.set(file.name, this.#clock.now() + ms);
    this.look.wake();
  }

  /** The file is tried again in a while. A finite run does not wait for it. */
  trouble(file: FoundFile, why: string): void {
    if (this.settings.finite) {
      this.leave(file, why);
      return;
    }
    this.#notBefore.set(file.name, this.#clock.now() + troubleMs);
    this.#say('warn', file, why);
  }

  /** The file stays where it is and is not offered until it changes. */
  leave(file: FoundFile, why: string): void {
    this.#left.set(file.name, file.identity);
    this.#notBefore.delete(file.name);
    this.#say('error', file, `${why}; left where it is`);
  }

  /** Its messages are stored: moves, deletes or remembers it. Never rejects. */
  async finish(file: FoundFile): Promise<void> {
    const { after } = this.settings.finish;
    this.#finishing.add(file.name);
    try {
      const outcome = await finishFile(file, this.settings.finish);
      this.#notBefore.delete(file.name);
      if (after !== 'keep') this.ledger.forget(file.fingerprint);
      if (outcome === 'changed')
        this.#say('warn', file, 'was replaced after it was read: the new version is taken next');
    } catch (error) {
      // Offered again it would be doubled; it counts as taken until it can be moved.
      this.ledger.take(file.fingerprint);
      const done = after === 'move' ? 'moved' : 'deleted';
      this.trouble(file, `was taken and cannot be ${done}: ${(error as Error).message}`);
    } finally {
      this.#finishing.delete(file.name);
      if (this.settings.finite) this.look.wake();
    }
  }

  /** Forgets about files that are gone. */
  sweep({ isThere, files }: { readonly isThere: boolean; readonly files: readonly FoundFile[] }): void {
    if (!isThere) return;
    const names = new Set(files.map((file) => file.name));
    for (const known of [this.#notBefore, this.#left])
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    if (this.ledger.isFull) this.ledger.prune(new Set(files.map((file) => file.fingerprint)));
  }

  /** Milliseconds until something held back is due; undefined when nothing is. */
  nextDueMs(): number | undefined {
    const times = [...this.#notBefore.values(), ...this.#again.map((again) => again.dueMs)];
    if (times.length === 0) return undefined;
    return Math.max(0, times.reduce((a, b) => Math.min(a, b)) - this.#clock.now());
  }

  /** Says each thing about each version of a file once. */
  #say(level: 'info' | 'warn' | 'error', file: FoundFile, what: string): void {
    const key = `${file.name} ${file.identity} ${what}`;
    if (this.#said.has(key)) return;
    if (this.#said.size >= maxSaid) this.#said.clear();
    this.#said.add(key);
    this.#context.log(level, `${file.name} ${what}`);
  }

  close(): void {
    this.look.close();
    this.#room.close();
  }

  #isDue({ name }: FoundFile): boolean {
    return (this.#notBefore.get(name) ?? 0) <= this.#clock.now();
  }

  #takeDue(): Again | undefined {
    if (this.#again.length === 0) return undefined;
    const now = this.#clock.now();
    const due = this.#again.find((again) => again.dueMs <= now);
    if (due !== undefined) this.#again = this.#again.filter((again) => again !== due);
    return due;
  }
}
