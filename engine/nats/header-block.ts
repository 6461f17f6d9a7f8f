// The header block of a NATS message, written and read as text.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { HeaderPairs } from '../runtime/ports.ts';

const unsafe = /[\r\n]/;
/** JetStream stores 64 KiB - 1. What stages get leaves room: a dead letter has the same headers and its cause. */
const mostBytes = { stage: 56 * 1024, dead: 65_535 };

/** As a `NATS/1.0` header block; empty without pairs. Throws VRS8105 on CR or LF: it would forge headers. */
export function encodedHeaders(pairs: HeaderPairs): string {
  return pairs.length === 0 ? '' : `NATS/1.0\r\n${headerLines(pairs)}\r\n`;
}

/** Throws VRS8103 when a block is larger than may be stored under this subject. */
export function checkHeaderSize(subject: string, block: string): void {
  // Three bytes at most for each.
  if (block.length * 3 <= mostBytes.stage) return;
  const most = subject.startsWith('dead.') ? mostBytes.dead : mostBytes.stage;
  const bytes = Buffer.byteLength(block);
  if (bytes <= most) return;
  throw new VrskyError(
    'VRS8103',
    `a message for ${subject} has ${bytes} bytes of headers, ${most} may be stored`,
    {
      help: 'Its key counts too. Put what is large into the payload.',
    },
  );
}

/** What stands in a block for these pairs. Throws as {@link encodedHeaders} does. */
export function headerLines(pairs: HeaderPairs): string {
  let text = '';
  for (const [name, value] of pairs) {
    if (unsafe.test(name) || unsafe.test(value))
      throw new VrskyError('VRS8105', `header ${JSON.stringify(name)} holds a line break`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

/** Calls `visit` for each header of a block, in its order. */
export function eachHeader(block: string, visit: (name: string, value: string) => void): void {
  let place = 0;
  let start = block.indexOf('\r\n') + 2;
  for (let end = block.indexOf('\r\n', start); end > start; end = block.indexOf('\r\n', start)) {
    const colon = block.indexOf(':', start);
    if (colon > -1 && colon < end)
      visit(nameAt(block, start, colon, place++), valueAt(block, colon + 1, end));
    start = end + 2;
  }
}

/** The first value of that name in a header block; names are compared case-sensitively. */
export function headerIn(block: string, name: string): string | undefined {
  const start = block.indexOf(beginningOf(name));
  if (start === -1) return undefined;
  const from = start + name.length + 3;
  return valueAt(block, from, block.indexOf('\r\n', from));
}

/** What a header of that name begins with: asked for once or more for each message, of a handful of names. */
const beginnings = new Map<string, string>();

function beginningOf(name: string): string {
  const known = beginnings.get(name);
  if (known !== undefined) return known;
  const beginning = `\r\n${name}:`;
  if (beginnings.size < namesKept) beginnings.set(name, beginning);
  return beginning;
}

/** By place in the block. The messages of a stream have the same headers in the same order: their names need not be cut out of each. */
const lastNames: string[] = [];
const namesKept = 32;

function nameAt(block: string, start: number, end: number, place: number): string {
  const last = lastNames[place];
  if (last !== undefined && last.length === end - start && block.startsWith(last, start)) return last;
  const name = block.slice(start, end);
  if (place < namesKept) lastNames[place] = name;
  return name;
}

const lastBlank = 0x20;

/** Without the white space around it, which is one space as a rule. */
function valueAt(block: string, start: number, end: number): string {
  const from = block.charCodeAt(start) === lastBlank ? start + 1 : start;
  const value = block.slice(from, end);
  const isBare = value === '' || (isDark(value.charCodeAt(0)) && isDark(value.charCodeAt(value.length - 1)));
  return isBare ? value : value.trim();
}

/** Neither white space nor anything that may be. */
function isDark(code: number): boolean {
  return code > lastBlank && code < 0x7f;
}
