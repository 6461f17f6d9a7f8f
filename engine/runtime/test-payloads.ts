// Payloads for tests of the runtime: a store and a bucket of holders in memory.
import type { CompiledFlow } from '../compile/program.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { engineStore, PayloadDepot } from '../payload/depot.ts';
import type { HolderEntry } from '../payload/holder-note.ts';
import { type HolderBucket, PayloadHolders } from '../payload/holders.ts';
import type { PayloadStore } from '../payload/payload-store.ts';
import { FlowPayloads } from './flow-payloads.ts';

/** A store that fails while `fail` answers an error. */
export class MemoryStore implements PayloadStore {
  readonly objects = new Map<string, Uint8Array>();
  fail: () => Error | undefined = () => undefined;
  deleteMany?: (keys: readonly string[]) => Promise<void>;

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#check();
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    this.objects.set(key, Buffer.concat(chunks));
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    this.#check();
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new VrskyError('VRS8501', `payload ${key} is gone`);
    const half = Math.ceil(bytes.byteLength / 2);
    yield await Promise.resolve(bytes.subarray(0, half));
    yield bytes.subarray(half);
  }

  delete(key: string): Promise<void> {
    this.objects.delete(key);
    return Promise.resolve();
  }

  async *list(): AsyncGenerator<{ readonly key: string; readonly size: number }> {
    for (const [key, { byteLength }] of await Promise.resolve([...this.objects]))
      yield { key, size: byteLength };
  }

  abandonUploads(): Promise<void> {
    return Promise.resolve();
  }

  #check(): void {
    const error = this.fail();
    if (error !== undefined) throw error;
  }
}

/** A bucket in memory with compare and set. */
export class MemoryBucket implements HolderBucket {
  readonly entries = new Map<string, { readonly value: unknown; readonly revision: number }>();
  #revision = 0;

  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined> {
    return Promise.resolve(this.entries.get(key));
  }

  async put(key: string, value: unknown, revision = this.entries.get(key)?.revision ?? 0): Promise<boolean> {
    return (await this.swap(key, value, revision)) !== undefined;
  }

  swap(key: string, value: unknown, revision: number): Promise<number | undefined> {
    if (revision !== (this.entries.get(key)?.revision ?? 0)) return Promise.resolve(undefined);
    this.entries.set(key, { value, revision: ++this.#revision });
    return Promise.resolve(this.#revision);
  }

  delete(key: string): Promise<void> {
    this.entries.delete(key);
    return Promise.resolve();
  }

  existing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(keys.filter((key) => this.entries.has(key))));
  }

  /** The only entry; for tests with one object. */
  get only(): HolderEntry | undefined {
    const [entry] = this.entries.values();
    return entry?.value as HolderEntry | undefined;
  }
}

/** The payloads of a flow; those over `inlineBytes` (256 when not said) travel by reference. */
export function memoryPayloads(
  flow: CompiledFlow,
  sizes: Partial<NonNullable<CompiledFlow['payload']>> = {},
) {
  const store = new MemoryStore();
  const bucket = new MemoryBucket();
  const depot = new PayloadDepot(
    new Map([[engineStore, store]]),
    new PayloadHolders(() => Promise.resolve(bucket)),
  );
  const payload = { inlineBytes: 256, maxValueBytes: 1024, ...sizes };
  const payloads = new FlowPayloads(depot, { ...flow, payload }, new AbortController().signal);
  depot.issuer = { issue: ({ reference, holder }) => `https://links.example/${reference.key}#${holder}` };
  return { store, bucket, payloads, lone: depot.holders.lone };
}
