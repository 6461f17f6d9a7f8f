// The header block of a NATS message, written and read as text.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { HeaderPairs } from '../runtime/ports.ts';

const unsafe = /[\r\n]/;

/** As a `NATS/1.0` header block; empty without pairs. Throws VRS8105 on CR or LF: it would forge headers. */
export function encodedHeaders(pairs: HeaderPairs): string {
  if (pairs.length === 0) return '';
  let text = 'NATS/1.0\r\n';
  for (const [name, value] of pairs) {
    if (unsafe.test(name) || unsafe.test(value))
      throw new VrskyError('VRS8105', `header ${JSON.stringify(name)} holds a line break`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** The pairs of a header block, in its order. */
export function decodedHeaders(block: string): HeaderPairs {
  const pairs: (readonly [string, string])[] = [];
  let start = block.indexOf('\r\n') + 2;
  for (let end = block.indexOf('\r\n', start); end > start; end = block.indexOf('\r\n', start)) {
    const colon = block.indexOf(':', start);
    if (colon > -1 && colon < end)
      pairs.push([block.slice(start, colon), block.slice(colon + 1, end).trim()]);
    start = end + 2;
  }
  return pairs;
}

/** The first value of that name in a header block; names are compared case-sensitively. */
export function headerIn(block: string, name: string): string | undefined {
  const start = block.indexOf(`\r\n${name}:`);
  if (start === -1) return undefined;
  const valueAt = start + name.length + 3;
  return block.slice(valueAt, block.indexOf('\r\n', valueAt)).trim();
}
