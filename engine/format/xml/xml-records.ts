// Reads the records of a large XML document one by one: elements of one kind, each parsed on its own, the rest never held.
import { decodeText, markedEncoding } from '../decode-text.ts';
import { FormatError } from '../format-error.ts';
import { parseXml } from './parse-xml.ts';
import type { XmlOptions } from './xml-options.ts';

export interface XmlRecordOptions extends XmlOptions {
  /** The name of the elements that are records, with or without prefix, wherever they stand; the children of the root when absent. */
  readonly element?: string;
}

/** UTF-16 units of one record, and of what stands between two, at most. */
const longest = 16 * 1024 * 1024;
const declaredEncoding = /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/** `{ name: … }` each, as parseXml makes it. Throws FormatError VRS8211 with the number of the record, VRS8202 for wrong bytes. */
export async function* xmlRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: XmlRecordOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  const cutter = new RecordCutter(options);
  for await (const text of texts(chunks)) yield* cutter.push(text);
  cutter.end();
}

type Decoder = InstanceType<typeof TextDecoder>;

async function* texts(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  let decoder: Decoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    yield decoded(() => (decoder as Decoder).decode(chunk, { stream: true }));
  }
  if (decoder !== undefined) yield decoded(() => (decoder as Decoder).decode());
}

function decoderFor(head: Uint8Array): Decoder {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(200, head.byteLength)).toString('latin1');
  const encoding = markedEncoding(head) ?? declaredEncoding.exec(start)?.[1] ?? 'utf-8';
  // Says so, when there is no such encoding.
  decodeText(new Uint8Array(), encoding);
  return new TextDecoder(encoding, { fatal: true });
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw new FormatError('VRS8202', 'The bytes are not of the encoding that the document declares', {
      cause,
    });
  }
}

/** Knows only where markup begins and ends, and which elements are open: what is inside a record is the parser's to judge. */
class RecordCutter {
  readonly #options: XmlRecordOptions;
  readonly #open: string[] = [];
  #text = '';
  /** Behind everything that was looked at. */
  #at = 0;
  /** Where the record begins that is open, and how many elements are around it. */
  #record: { readonly start: number; readonly depth: number } | undefined;
  #count = 0;
  #hasRoot = false;

  constructor(options: XmlRecordOptions) {
    this.#options = options;
  }

  *push(text: string): Generator<unknown, void, undefined> {
    this.#text += text;
    for (;;) {
      const start = this.#text.indexOf('<', this.#at);
      if (start < 0) break;
      const end = this.#endOfMarkup(start);
      if (end === undefined) break;
      this.#at = end;
      yield* this.#markup(start, end);
    }
    this.#forget();
  }

  end(): void {
    const [unclosed] = this.#open.slice(-1);
    if (unclosed !== undefined) throw this.#wrong(`the document ends before </${unclosed}>`);
    if (!this.#hasRoot) throw this.#wrong('there is no element');
    if (this.#text.slice(this.#at).includes('<')) throw this.#wrong('the document ends within a tag');
  }

  /** Behind the markup that begins there; undefined when it is not all there yet. */
  #endOfMarkup(start: number): number | undefined {
    const text = this.#text;
    const after = (closing: string, from: number) => {
      const found = text.indexOf(closing, from);
      return found < 0 ? undefined : found + closing.length;
    };
    const begun = text.slice(start, start + 9);
    if (begun.length < 9 && ['<!--', '<![CDATA['].some((opening) => opening.startsWith(begun)))
      return undefined;
    if (text.startsWith('<!--', start)) return after('-->', start + 4);
    if (text.startsWith('<![CDATA[', start)) return after(']]>', start + 9);
    if (text.startsWith('<?', start)) return after('?>', start + 2);
    if (text.startsWith('<!', start)) throw this.#wrong('document type declarations are not read');
    return this.#endOfTag(start);
  }

  #endOfTag(start: number): number | undefined {
    let quote = '';
    for (let at = start + 1; at < this.#text.length; at++) {
      const char = this.#text[at] as string;
      if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '>') return at + 1;
      else if (char === '"' || char === "'") quote = char;
    }
    return undefined;
  }

  *#markup(start: number, end: number): Generator<unknown, void, undefined> {
    const second = this.#text[start + 1];
    if (second === '!' || second === '?') return;
    const tag = this.#text.slice(start, end);
    const name = /^<\/?([^\s/>]+)/.exec(tag)?.[1];
    if (name === undefined) throw this.#wrong(`${tag.slice(0, 30)} is no tag`);
    if (second === '/') {
      if (this.#open.pop() !== name) throw this.#wrong(`</${name}> closes what is not open`);
    } else {
      if (this.#open.length === 0 && this.#hasRoot) throw this.#wrong(`<${name}> is a second root`);
      this.#hasRoot = true;
      if (this.#record === undefined && this.#isRecord(name))
        this.#record = { start, depth: this.#open.length };
      if (!tag.endsWith('/>')) this.#open.push(name);
    }
    const record = this.#record;
    if (record === undefined || this.#open.length > record.depth) return;
    this.#record = undefined;
    yield this.#parse(this.#text.slice(record.start, end));
  }

  #isRecord(name: string): boolean {
    const { element } = this.#options;
    if (element === undefined) return this.#open.length === 1;
    return name === element || name.slice(name.indexOf(':') + 1) === element;
  }

  #parse(text: string): unknown {
    this.#count++;
    try {
      return parseXml(text, this.#options);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(error.code, `Record ${this.#count}: ${error.message}`, { cause: error });
    }
  }

  /** What is behind, but for the record that is open. */
  #forget(): void {
    const keep = this.#record?.start ?? this.#text.indexOf('<', this.#at);
    const from = keep < 0 ? this.#text.length : keep;
    if (this.#text.length - from > longest) throw this.#wrong(`it is longer than ${longest} characters`);
    this.#text = this.#text.slice(from);
    this.#at = Math.max(0, this.#at - from);
    if (this.#record !== undefined) this.#record = { ...this.#record, start: 0 };
  }

  #wrong(what: string): FormatError {
    return new FormatError('VRS8211', `The XML cannot be read after record ${this.#count}: ${what}`);
  }
}
