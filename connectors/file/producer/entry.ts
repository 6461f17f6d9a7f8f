// A message as it stands in a file of many: JSON on one line.
import type { Message } from '../../../engine/connector/index.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const json = /^application\/(?:[\w.+-]*\+)?json(?:\s*;|$)/i;

/** With `lines`, JSON over several lines is put on one: between tokens a line break means as much as a space (RFC 8259). */
export function entryOf({ payload }: Message, lines: boolean): Uint8Array {
  const bytes = payload.bytes();
  if (!lines || !json.test(payload.contentType) || !bytes.includes(lineFeed)) return bytes;
  return bytes.map((byte) => (byte === lineFeed || byte === carriageReturn ? space : byte));
}
