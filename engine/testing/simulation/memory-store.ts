// An object store in memory, for payloads too large to travel inside a message.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { PayloadStore, StoredObject } from '../../payload/payload-store.ts';

export class MemoryStore implements PayloadStore {
  readonly #objects = new Map<string, Uint8Array>();

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    this.#objects.set(key, Buffer.concat(chunks));
  }

  async *get(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    const bytes = this.#objects.get(key);
    if (bytes === undefined) throw new VrskyError('VRS8501', `payload ${key} is gone`);
    yield await Promise.resolve(bytes);
  }

  delete(key: string): Promise<void> {
    this.#objects.delete(key);
    return Promise.resolve();
  }

  async *list(): AsyncGenerator<StoredObject, void, undefined> {
    for (const [key, { byteLength }] of await Promise.resolve([...this.#objects]))
      yield { key, size: byteLength };
  }

  abandonUploads(): Promise<void> {
    return Promise.resolve();
  }
}
