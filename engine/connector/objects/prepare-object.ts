// Makes a message's payload and headers of an object: little ones are read at once, others when they are stored.
import path from 'node:path';
import { type PayloadContent, readWhole } from '../../payload/content.ts';
import { Payload } from '../../payload/payload.ts';
import type { BucketObject, ObjectBucket, ObjectDescription } from '../../payload/stores/object-bucket.ts';
import { connectorFailure } from './connector-failure.ts';
import type { PollSettings } from './object-config.ts';

/** What most flows send inside their messages anyway. */
const heldBytes = 256 * 1024;

export interface PreparedObject {
  readonly payload: Payload;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes in memory. */
  readonly held: number;
}

/** Rejects with ObjectFailure. */
export async function prepareObject(
  bucket: ObjectBucket,
  object: BucketObject,
  { contentType }: PollSettings,
  signal: AbortSignal,
): Promise<PreparedObject> {
  const { key, version, size } = object;
  const typeOf = (found: ObjectDescription) => contentType ?? found.contentType ?? 'application/octet-stream';
  if (size > heldBytes) {
    const description = await bucket.describe(key, version, signal);
    const content: PayloadContent = { size, open: (reading) => contentOf(bucket, object, reading) };
    const payload = Payload.ofContent(content, typeOf(description));
    return { payload, headers: headersOf(object, description), held: 0 };
  }
  const opened = await bucket.read(key, signal, version);
  const whole = { size, open: () => exactly(opened.content, object) };
  const bytes = (await readWhole(whole, heldBytes, signal)) ?? new Uint8Array();
  const payload = Payload.ofBytes(bytes, typeOf(opened));
  return { payload, headers: headersOf(object, opened), held: bytes.byteLength };
}

async function* contentOf(
  bucket: ObjectBucket,
  object: BucketObject,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const { content } = await bucket.read(object.key, signal, object.version);
    yield* exactly(content, object);
  } catch (error) {
    throw connectorFailure(error);
  }
}

/** A connection may break without anybody saying so. */
async function* exactly(
  content: AsyncIterable<Uint8Array>,
  { key, size }: BucketObject,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = size;
  for await (const chunk of content) {
    left -= chunk.byteLength;
    yield chunk;
  }
  if (left !== 0) throw new Error(`${key} ended after ${size - left} of ${size} bytes`);
}

function headersOf(object: BucketObject, { metadata }: ObjectDescription): Readonly<Record<string, string>> {
  const own = Object.entries(metadata).map(([name, value]) => [`object-meta-${name}`, value] as const);
  return {
    ...Object.fromEntries(own),
    'object-key': headerText(object.key),
    'object-size': String(object.size),
    'object-modified': new Date(object.modifiedMs).toISOString(),
    'file-name': headerText(path.posix.basename(object.key)),
  };
}

/** Keys may hold what no header can: control characters, and spaces at the ends. Only those are percent-encoded. */
function headerText(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  return name.replaceAll(/[\u0000-\u001f\u007f]|^\s+|\s+$/g, encodeURIComponent);
}
