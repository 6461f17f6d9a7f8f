// A key-value bucket of JSON values on NATS.
import type { KV, KvEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import type { BucketEntry } from '../apply/ports.ts';
import type { Bucket } from '../runtime/ports.ts';

/** The server's code for "the key is not at the revision you named". */
const wrongRevision = 10071;
/** Of an answer to a question about several keys. */
const endOfBatch = 204;
const nothingFound = 404;
const existingMs = 10_000;

export class NatsBucket implements Bucket {
  readonly #kv: KV;
  readonly #name: string;
  readonly #connection: Pick<NatsConnection, 'requestMany'>;

  constructor(name: string, kv: KV, connection: Pick<NatsConnection, 'requestMany'>) {
    this.#name = name;
    this.#kv = kv;
    this.#connection = connection;
  }

  async get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined> {
    const entry = await this.#kv.get(key);
    return entry === null || entry.operation !== 'PUT'
      ? undefined
      : { value: jsonOf(entry), revision: entry.revision };
  }

  async put(key: string, value: unknown, revision?: number): Promise<boolean> {
    if (revision !== undefined) return (await this.swap(key, value, revision)) !== undefined;
    await this.#kv.put(key, JSON.stringify(value));
    return true;
  }

  async swap(key: string, value: unknown, revision: number): Promise<number | undefined> {
    const text = JSON.stringify(value);
    try {
      return await (revision === 0 ? this.#kv.create(key, text) : this.#kv.update(key, text, revision));
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  async delete(key: string, revision?: number): Promise<void> {
    try {
      await this.#kv.delete(key, revision === undefined ? {} : { previousSeq: revision });
    } catch (error) {
      if (revision === undefined || !isConflict(error)) throw error;
    }
  }

  async keys(under = ''): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const key of await this.#kv.keys(`${under}>`)) keys.push(key);
    return keys;
  }

  async existing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    if (keys.length === 0) return there;
    const prefix = `$KV.${this.#name}.`;
    const request = { multi_last: keys.map((key) => prefix + key), batch: keys.length };
    // The client's own call for this leaves a subscription behind each time.
    const answers = await this.#connection.requestMany(
      `$JS.API.DIRECT.GET.KV_${this.#name}`,
      JSON.stringify(request),
      { strategy: 'timer', maxWait: existingMs },
    );
    for await (const { headers } of answers) {
      const code = headers?.code ?? 0;
      if (code === endOfBatch || code === nothingFound) return there;
      if (headers === undefined || code >= 400)
        throw new Error(`asking what is in ${this.#name} failed: ${code} ${headers?.description ?? ''}`);
      if (!headers.has('KV-Operation')) there.add(headers.get('Nats-Subject').slice(prefix.length));
    }
    throw new Error(`no answer to what is in ${this.#name} for ${existingMs / 1000} s`);
  }

  async entries(): Promise<readonly BucketEntry[]> {
    if ((await this.#kv.status()).values === 0) return [];
    const found = new Map<string, BucketEntry>();
    const entries = await this.#kv.watch();
    for await (const entry of entries) {
      if (entry.operation !== 'PUT') found.delete(entry.key);
      else found.set(entry.key, { key: entry.key, value: jsonOf(entry), revision: entry.revision });
      // The last of the entries that were there already is the first to count as an update.
      if (entry.isUpdate) break;
    }
    return [...found.values()];
  }

  async watch(
    onChange: (key: string, value: unknown, revision: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const isEmpty = (await this.#kv.status()).values === 0;
    const entries = await this.#kv.watch();
    if (signal.aborted) entries.stop();
    else signal.addEventListener('abort', () => entries.stop(), { once: true });
    return new Promise((resolve, reject) => {
      if (isEmpty) resolve();
      const follow = async () => {
        for await (const entry of entries) {
          onChange(entry.key, entry.operation === 'PUT' ? jsonOf(entry) : undefined, entry.revision);
          // The last of the entries that were there already is the first to count as an update.
          if (entry.isUpdate) resolve();
        }
        resolve();
      };
      follow().catch(reject);
    });
  }
}

function jsonOf(entry: Pick<KvEntry, 'string'>): unknown {
  try {
    return JSON.parse(entry.string());
  } catch {
    return undefined;
  }
}

function isConflict(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === wrongRevision || /wrong last sequence|key exists/i.test(String(message));
}
