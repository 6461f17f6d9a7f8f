// Puts content into a store, hashed on the way in, and takes it out again, held against its reference on the way out.
import { createHash } from 'node:crypto';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { newObjectKey } from './object-key.ts';
import { contentPassed } from './passing-garbage.ts';
import type { PayloadStore } from './payload-store.ts';
import type { PayloadReference } from './reference.ts';

export interface ContentDescription {
  /** The name under which the reference finds the store again. */
  readonly store: string;
  readonly flow: string;
  readonly contentType: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Stores content of any length. Only after it resolves may the source be told that the message is accepted. */
export async function storeContent(
  store: PayloadStore,
  description: ContentDescription,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<PayloadReference> {
  const { contentType, expiresAt } = description;
  const key = newObjectKey(description.flow, expiresAt);
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.byteLength;
      yield chunk;
      contentPassed(chunk.byteLength);
    }
  }
  await store.put(key, measured(), signal);
  return { store: description.store, key, size, contentType, sha256: hash.digest('hex'), expiresAt };
}

/**
 * The content of a reference. The last chunk comes only once the whole is verified, so a truncated or altered object (VRS8502) never
 * reaches its receiver complete: a receiver takes nothing as delivered before the end.
 */
export async function* verifiedContent(
  store: PayloadStore,
  reference: PayloadReference,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of store.get(reference.key, signal)) {
    if (chunk.byteLength === 0) continue;
    size += chunk.byteLength;
    if (size > reference.size) throw altered(reference, `it is longer than ${reference.size} bytes`);
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
    contentPassed(chunk.byteLength);
  }
  if (size < reference.size) throw altered(reference, `${size} of ${reference.size} bytes are left`);
  if (hash.digest('hex') !== reference.sha256) throw altered(reference, 'its SHA-256 is another');
  if (held !== undefined) yield held;
}

function altered({ store, key }: PayloadReference, why: string): VrskyError {
  return new VrskyError('VRS8502', `payload ${key} in store ${store} is not what was stored: ${why}`);
}
