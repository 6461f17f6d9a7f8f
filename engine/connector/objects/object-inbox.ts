// What is known of the objects on their way: offered, taken, held back, left alone; and how far the marker has come.
import { hash } from 'node:crypto';
import path from 'node:path';
import type { BucketObject, ObjectBucket } from '../../payload/stores/object-bucket.ts';
import type { ConsumerContext, Delivery, JsonValue, NackCause } from '../contract.ts';
import { finishObject } from './finish-object.ts';
import type { PollSettings } from './object-config.ts';
import type { PreparedObject } from './prepare-object.ts';

/** Offered and not settled at most; what is not held in memory is a download each. */
const most = { open: 256, bytes: 16 * 1024 * 1024, streams: 8 } as const;
const maxSaid = 10_000;

export class ObjectInbox {
  readonly settings: PollSettings;
  readonly #bucket: ObjectBucket;
  readonly #context: ConsumerContext;
  /** Keeps objects where they are: only the marker tells which were taken. */
  readonly #remembers: boolean;
  /** By {@link nameOf}. */
  readonly #open = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #left = new Set<string>();
  readonly #notBefore = new Map<string, number>();
  readonly #said = new Set<string>();
  #marker: string | undefined;
  #bytes = 0;
  #streams = 0;
  #changed = Promise.withResolvers<void>();

  constructor(bucket: ObjectBucket, settings: PollSettings, context: ConsumerContext) {
    this.settings = settings;
    this.#bucket = bucket;
    this.#context = context;
    this.#remembers = settings.finish.after === 'keep' || settings.finish.after === 'tag';
    this.#marker = markerOf(context.cursor);
    context.signal.addEventListener('abort', () => this.#change(), { once: true });
  }

  /** Behind which key to go on. */
  get marker(): string | undefined {
    return this.#remembers ? this.#marker : undefined;
  }

  wants(object: BucketObject): boolean {
    const { prefix, pattern, finish, maxBytes } = this.settings;
    const { key, size } = object;
    const own = key.slice(prefix.length);
    if (own === '' || key.endsWith('/')) return false;
    if (finish.after === 'move' && key.startsWith(finish.moveTo)) return false;
    if (!path.posix.matchesGlob(pattern.includes('/') ? own : path.posix.basename(own), pattern))
      return false;
    const name = nameOf(object);
    if (this.#open.has(name) || this.#taken.has(name) || this.#left.has(name)) return false;
    if ((this.#notBefore.get(name) ?? 0) > Date.now()) return false;
    if (size > maxBytes) {
      this.#leave(object, `has ${size} bytes, more than maxSize allows`);
      return false;
    }
    return true;
  }

  offer(object: BucketObject, { payload, headers, held }: PreparedObject): Delivery {
    const name = nameOf(object);
    const before = this.#marker;
    const isStream = payload.content !== undefined;
    this.#marker = object.key;
    this.#notBefore.delete(name);
    this.#open.add(name);
    this.#bytes += held;
    if (isStream) this.#streams++;
    const settle = () => {
      this.#open.delete(name);
      this.#bytes -= held;
      if (isStream) this.#streams--;
      this.#change();
    };
    return {
      payload,
      headers,
      key: object.key,
      id: hash('sha256', name, 'base64url').slice(0, 22),
      ...(this.#remembers ? { cursor: { after: object.key } } : {}),
      ack: async () => {
        this.#taken.add(name);
        await this.#finish(object);
        settle();
      },
      nack: (cause) => {
        this.#refused(object, before, cause);
        settle();
      },
    };
  }

  /** Waits until there is room for another. */
  async room(): Promise<void> {
    await this.#until(
      () => this.#open.size < most.open && this.#bytes < most.bytes && this.#streams < most.streams,
    );
  }

  /**
   * A stream may break while it is stored, and is then offered again: the marker must not have come further by then, so everything
   * else waits. Answers whether to go on; if not, the next look begins at the marker.
   */
  async mayGoOn(object: BucketObject, { payload }: PreparedObject): Promise<boolean> {
    if (!this.#remembers || payload.content === undefined) return true;
    await this.#until(() => this.#open.size === 0);
    return !this.#notBefore.has(nameOf(object));
  }

  /** Everything offered is settled. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await this.#changed.promise;
  }

  /** Sleeps until the next look; less when something held back is due before. */
  async rest(ms: number): Promise<void> {
    const endAt = Date.now() + ms;
    for (let left = ms; left > 0 && !this.#context.signal.aborted; left = endAt - Date.now()) {
      const dueMs = Math.min(...this.#notBefore.values()) - Date.now();
      if (dueMs <= 0) {
        // An object that is gone by then would never be offered, and be due for ever.
        for (const [name, due] of this.#notBefore) if (due <= Date.now()) this.#notBefore.delete(name);
        return;
      }
      const timer = Promise.withResolvers<void>();
      const running = setTimeout(timer.resolve, Math.min(left, dueMs));
      await Promise.race([timer.promise, this.#changed.promise]);
      clearTimeout(running);
    }
  }

  /** Its message is stored, and it could not be deleted, moved or tagged then. */
  async finishOverdue(object: BucketObject): Promise<void> {
    const name = nameOf(object);
    if (this.#taken.has(name) && !this.#open.has(name)) await this.#finish(object);
  }

  async #finish(object: BucketObject): Promise<void> {
    const name = nameOf(object);
    const { finish, prefix } = this.settings;
    try {
      if ((await finishObject(this.#bucket, object, finish, prefix)) === 'changed')
        this.#say('warn', object, 'was replaced after it was read: the new version is taken next');
      // What the marker has passed is not listed any more.
      if (!this.#remembers || !this.#isAhead(object)) this.#taken.delete(name);
    } catch (error) {
      this.#say('warn', object, `was taken; tried again: ${(error as Error).message}`);
    }
  }

  #refused(
    object: BucketObject,
    before: string | undefined,
    { kind, message, retryAfterMs }: NackCause,
  ): void {
    if (kind === 'refused') {
      this.#leave(object, `cannot be stored: ${message}`);
      return;
    }
    this.#notBefore.set(nameOf(object), Date.now() + retryAfterMs);
    if (before === undefined || !this.#isAhead(before)) this.#marker = before;
  }

  #isAhead(of: BucketObject | string): boolean {
    const key = typeof of === 'string' ? of : of.key;
    return this.#marker === undefined || Buffer.compare(Buffer.from(key), Buffer.from(this.#marker)) > 0;
  }

  #leave(object: BucketObject, why: string): void {
    this.#left.add(nameOf(object));
    this.#say('error', object, `${why}; left where it is`);
  }

  /** Says each thing about each version of an object once. */
  #say(level: 'warn' | 'error', object: BucketObject, what: string): void {
    const line = `${nameOf(object)} ${what}`;
    if (this.#said.has(line)) return;
    if (this.#said.size >= maxSaid) this.#said.clear();
    this.#said.add(line);
    this.#context.log(level, `${object.key} ${what}`);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#context.signal.aborted) await this.#changed.promise;
  }

  #change(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

/** A version of an object. */
function nameOf({ key, version }: BucketObject): string {
  return `${key}\0${version}`;
}

function markerOf(cursor: JsonValue | undefined): string | undefined {
  const after = (cursor as { readonly after?: unknown } | undefined)?.after;
  return typeof after === 'string' ? after : undefined;
}
