// A key-value bucket in memory with compare and set.
import type { BucketEntry } from '../../apply/ports.ts';
import type { Bucket } from '../../runtime/ports.ts';

interface Entry {
  readonly value: unknown;
  readonly revision: number;
}

export class MemoryBucket implements Bucket {
  readonly #entries = new Map<string, Entry>();
  #revision = 0;

  get(key: string): Promise<Entry | undefined> {
    return Promise.resolve(this.#entries.get(key));
  }

  async put(key: string, value: unknown, revision?: number): Promise<boolean> {
    return (await this.#set(key, value, revision)) !== undefined;
  }

  swap(key: string, value: unknown, revision: number): Promise<number | undefined> {
    return this.#set(key, value, revision);
  }

  delete(key: string, revision?: number): Promise<void> {
    if (this.#isCurrent(key, revision)) this.#entries.delete(key);
    return Promise.resolve();
  }

  keys(): Promise<readonly string[]> {
    return Promise.resolve([...this.#entries.keys()]);
  }

  existing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(keys.filter((key) => this.#entries.has(key))));
  }

  entries(): Promise<readonly BucketEntry[]> {
    return Promise.resolve([...this.#entries].map(([key, entry]) => ({ key, ...entry })));
  }

  /** Nobody else changes it. */
  watch(onChange: (key: string, value: unknown, revision: number) => void): Promise<void> {
    for (const [key, { value, revision }] of this.#entries) onChange(key, value, revision);
    return Promise.resolve();
  }

  #set(key: string, value: unknown, revision: number | undefined): Promise<number | undefined> {
    if (!this.#isCurrent(key, revision)) return Promise.resolve(undefined);
    this.#entries.set(key, { value, revision: ++this.#revision });
    return Promise.resolve(this.#revision);
  }

  #isCurrent(key: string, revision: number | undefined): boolean {
    return revision === undefined || revision === (this.#entries.get(key)?.revision ?? 0);
  }
}
