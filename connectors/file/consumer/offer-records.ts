// Offers the records of a file one after the other; the file is finished when the last of them is stored.
import type { FileHandle } from 'node:fs/promises';
import type { Delivery } from '../../../engine/connector/index.ts';
import { fileHeaders } from './file-headers.ts';
import { type FileRecord, type RecordOptions, readRecords } from './file-records.ts';
import { deliveryId, type FoundFile } from './found-file.ts';
import type { Inbox } from './inbox.ts';
import { isUnchanged } from './open-file.ts';

/** Goes on behind the records that were taken before. What is wrong with the file is logged, never thrown. */
export async function* offerRecords(
  file: FoundFile,
  options: RecordOptions,
  inbox: Inbox,
): AsyncGenerator<Delivery, void, undefined> {
  const handle = await inbox.open(file);
  if (handle === undefined) return;
  const offers = new RecordOffers(file, inbox);
  try {
    yield* offers.all(handle, readRecords(contentOf(handle, file), options));
    if (!inbox.isStopping) await offers.end();
  } catch (error) {
    offers.fail(error as NodeJS.ErrnoException);
  } finally {
    await handle.close();
  }
}

class RecordOffers {
  readonly #file: FoundFile;
  readonly #inbox: Inbox;
  readonly #id: string;
  #ended = false;
  #isSpoilt = false;

  constructor(file: FoundFile, inbox: Inbox) {
    this.#file = file;
    this.#inbox = inbox;
    this.#id = deliveryId(file);
  }

  async *all(
    handle: FileHandle,
    records: AsyncIterable<FileRecord>,
  ): AsyncGenerator<Delivery, void, undefined> {
    const taken = this.#inbox.ledger.recordsOf(this.#file.fingerprint);
    let number = 0;
    for await (const { item: record, isLast } of withLast(records)) {
      if (++number <= taken) continue;
      if (isLast && !(await isUnchanged(handle, this.#file))) throw new Error('changed while it was read');
      if (record.kind === 'too-large') {
        this.#spoil(number, `has more than maxSize (${this.#inbox.settings.maxSize} bytes)`);
        continue;
      }
      yield* this.#inbox.room();
      if (this.#inbox.isStopping) return;
      this.#inbox.hold(this.#file, record.size);
      yield this.#delivery(record, number, isLast);
    }
  }

  /** Everything was offered. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#remember();
    if (!this.#inbox.isOpen(this.#file)) await this.#finish();
  }

  /** A disk error may pass; content that makes no sense stays so until somebody changes the file. */
  fail(error: NodeJS.ErrnoException): void {
    const why = `cannot be read to its end: ${error.message}`;
    if (error.syscall === undefined) this.#inbox.leave(this.#file, why);
    else this.#inbox.trouble(this.#file, why);
  }

  #delivery(
    record: Extract<FileRecord, { kind: 'record' }>,
    number: number,
    isLast: boolean,
    isAgain = false,
  ): Delivery {
    const { ledger } = this.#inbox;
    if (isLast) this.#remember();
    else if (!isAgain) ledger.takeRecords(this.#file.fingerprint, number);
    return {
      payload: record.payload,
      headers: { ...fileHeaders(this.#file), 'file-record': String(number) },
      key: this.#file.name,
      id: `${this.#id}-${number}`,
      cursor: ledger.cursor(),
      ack: () => this.#settled(record.size),
      nack: ({ kind, message, retryAfterMs }) => {
        if (kind === 'refused') {
          this.#spoil(number, `can never be stored: ${message}`);
          return this.#settled(record.size);
        }
        const offer = () => this.#delivery(record, number, isLast, true);
        return this.#inbox.offerAgain(offer, retryAfterMs);
      },
    };
  }

  async #settled(bytes: number): Promise<void> {
    const isLast = this.#inbox.release(this.#file, bytes);
    if (isLast && this.#ended) await this.#finish();
  }

  #finish(): Promise<void> | undefined {
    return this.#isSpoilt ? undefined : this.#inbox.finish(this.#file);
  }

  #remember(): void {
    const { ledger } = this.#inbox;
    if (this.#isSpoilt) ledger.leave(this.#file.fingerprint);
    else ledger.take(this.#file.fingerprint);
  }

  #spoil(number: number, why: string): void {
    this.#isSpoilt = true;
    this.#inbox.leave(this.#file, `record ${number} ${why}`);
    if (this.#ended) this.#remember();
  }
}

/** What the file held when it was found: what is appended later makes it another file. */
function contentOf(handle: FileHandle, { size }: FoundFile): AsyncIterable<Uint8Array> {
  return handle.createReadStream({ start: 0, end: Math.max(0, size - 1), autoClose: false });
}

/** Tells of each item whether it is the last. What comes before a failure is told before it. */
async function* withLast<T>(
  items: AsyncIterable<T>,
): AsyncGenerator<{ readonly item: T; readonly isLast: boolean }, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let held = await iterator.next();
    while (held.done !== true) {
      const next = await iterator.next().catch((error: unknown) => ({ error }));
      const failed = 'error' in next;
      yield { item: held.value, isLast: !failed && next.done === true };
      if (failed) throw next.error;
      held = next;
    }
  } finally {
    await iterator.return?.();
  }
}
