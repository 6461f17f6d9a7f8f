// A key-value bucket of JSON values on NATS.
import type { KV, KvEntry } from '@nats-io/kv';
import type { BucketEntry } from '../apply/ports.ts';
import type { Bucket } from '../runtime/ports.ts';

/** The server's code for "the key is not at the revision you named". */
const wrongRevision = 10071;

export class NatsBucket implements Bucket {
  readonly #kv: KV;

  constructor(kv: KV) {
    this.#kv = kv;
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
