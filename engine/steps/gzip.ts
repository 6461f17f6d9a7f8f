// gzip and gunzip: compress and decompress the payload, as a stream.
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip, type Gunzip, type Gzip, gunzipSync, gzipSync } from 'node:zlib';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadContent } from '../payload/content.ts';
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { parseSize } from '../units/size.ts';
import type { GunzipConfig, GzipConfig } from './config.gen.ts';
import { type PureStepType, StepError, type StepRun } from './contract.ts';

/** What is done at once, without a stream: it keeps the event loop for a few milliseconds. */
const heldBytes = 1024 * 1024;

export const gzip: PureStepType<GzipConfig> = {
  type: 'gzip',
  compile:
    ({ level = 6 }): StepRun =>
    (message) =>
      passed(
        message,
        'application/gzip',
        (bytes) => gzipSync(bytes, { level }),
        () => createGzip({ level }),
      ),
};

export const gunzip: PureStepType<GunzipConfig> = {
  type: 'gunzip',
  compile: ({ contentType = 'application/octet-stream', maxSize = '10GiB' }): StepRun => {
    const most = parseSize(maxSize) ?? Number.POSITIVE_INFINITY;
    const atOnce = (bytes: Uint8Array) => gunzipSync(bytes, { maxOutputLength: Math.min(most, heldBytes) });
    return (message) => passed(message, contentType, atOnce, createGunzip, most);
  },
};

function passed(
  message: Message,
  contentType: string,
  atOnce: (bytes: Uint8Array) => Uint8Array,
  transform: () => Gzip | Gunzip,
  most = Number.POSITIVE_INFINITY,
) {
  const { payload } = message;
  const held = payload.content === undefined ? attempt(payload.bytes(), atOnce) : undefined;
  const result =
    held === undefined
      ? Payload.ofContent(transformed(contentOf(payload), transform, most), contentType)
      : Payload.ofBytes(held, contentType);
  return { kind: 'pass', message: withPayload(message, result) } as const;
}

/** Undefined when it becomes too much to be done at once. */
function attempt(bytes: Uint8Array, atOnce: (bytes: Uint8Array) => Uint8Array): Uint8Array | undefined {
  if (bytes.byteLength > heldBytes) return undefined;
  try {
    return atOnce(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new StepError('VRS8240', malformed(error), { cause: error });
  }
}

function contentOf(payload: Payload): PayloadContent {
  return payload.content ?? { size: undefined, open: () => Readable.from([payload.bytes()]) };
}

function transformed(content: PayloadContent, transform: () => Gzip | Gunzip, most: number): PayloadContent {
  return { size: undefined, open: (signal) => pumped(content.open(signal), transform(), most) };
}

async function* pumped(
  chunks: AsyncIterable<Uint8Array>,
  transform: Gzip | Gunzip,
  most: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let broken: unknown;
  const source = Readable.from(chunks, { objectMode: false });
  source.once('error', (error) => {
    broken = error;
  });
  pipeline(source, transform, () => undefined);
  let size = 0;
  try {
    for await (const chunk of transform) {
      size += (chunk as Uint8Array).byteLength;
      if (size > most)
        throw new VrskyError('VRS8240', `decompressed it is more than ${most} bytes; see \`maxSize\``);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    // What went wrong while reading is not about compression.
    if (broken !== undefined) throw broken;
    throw error instanceof VrskyError ? error : new VrskyError('VRS8240', malformed(error), { cause: error });
  } finally {
    source.destroy();
    transform.destroy();
  }
}

function malformed(error: unknown): string {
  return `The payload is not what gzip makes: ${(error as Error).message}`;
}
