// A payload read as a given format, whatever its content type says.
import { type CodecOptions, codecs, type Format, formatOf } from '../format/codecs.ts';
import { isJsonType } from '../format/content.ts';
import type { Payload } from '../payload/payload.ts';
import { StepError } from './contract.ts';

/** The value that the content stands for in `format`. Throws FormatError. */
export function readPayload(payload: Payload, format: Format, options: CodecOptions): unknown {
  if (format === 'json' && isJsonType(payload.contentType)) return payload.value();
  const bytes = format === 'json' || format === 'binary' ? payload.bytes() : contentBytes(payload);
  return codecs[format].parse(bytes, { ...options, contentType: payload.contentType });
}

/**
 * The bytes of content in another format than JSON. Inside a JSON text it may be that text: a map takes XML out of a field, and
 * what follows reads it.
 */
export function contentBytes(payload: Payload): Uint8Array {
  const text = isJsonType(payload.contentType) ? jsonText(payload) : undefined;
  return text === undefined ? payload.bytes() : Buffer.from(text);
}

function jsonText(payload: Payload): string | undefined {
  try {
    const value = payload.value();
    return typeof value === 'string' ? value : undefined;
  } catch {
    // Many senders say JSON whatever they send; the step knows better.
    return undefined;
  }
}

/** What the content type says. Throws StepError VRS8226 when it says nothing; `remedy` tells what to write instead. */
export function formatOfPayload(payload: Payload, remedy: string): Format {
  const format = formatOf(payload.contentType);
  if (format !== undefined) return format;
  throw new StepError(
    'VRS8226',
    `The content type ${payload.contentType} does not tell the format of the payload; ${remedy}`,
  );
}
