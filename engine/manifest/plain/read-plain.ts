// Reads the YAML that nearly every manifest is written in, ten times as fast as the library does; what goes beyond it is left to that.
import type { ListNode, ManifestNode, MapEntry, MapNode, ScalarNode, Span } from '../node.ts';
import { FlowReader } from './flow-reader.ts';
import { isPlainKey, notPlain, plainScalar, quotedScalar } from './scalars.ts';

/** Longer ones, and deeper ones, may reach the limits that the library is watched for. */
const maxLength = 64 * 1024;
const maxDepth = 40;

/**
 * Undefined unless the text is one mapping of block mappings, block lists, values on a line of their own and literal blocks, without
 * anchors, tags, escapes and comments behind values. Answers exactly what the library would: a test holds one against the other.
 */
export function readPlainYaml(text: string): MapNode | undefined {
  if (text.length > maxLength || /[\t\r]|[^\n] (?:\n|$)/.test(text)) return undefined;
  try {
    return new BlockReader(text).document();
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

interface Line {
  readonly indent: number;
  /** Of its first character that is no space, and of its line break. */
  readonly start: number;
  readonly end: number;
}

/** A value with the place behind the line that it ends on: there collections end that it is the last of. */
interface Ended {
  readonly node: ManifestNode;
  readonly end: number;
}

class BlockReader {
  readonly #text: string;
  /** Where the next line begins. */
  #at = 0;
  #depth = 0;
  #next: Line | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#find();
  }

  document(): MapNode {
    const first = this.#next;
    if (first === undefined || first.indent !== 0) throw notPlain;
    const { node } = this.#map(0, first.start);
    if (this.#next !== undefined || node.kind !== 'map') throw notPlain;
    return node;
  }

  /** The next line with something on it that is no comment. Comments belong to what stands below them, or collections end elsewhere. */
  #find(): Line | undefined {
    const text = this.#text;
    let comment: number | undefined;
    for (let from = this.#at; from < text.length; ) {
      let start = from;
      while (text.charCodeAt(start) === space) start++;
      const found = text.indexOf('\n', start);
      const end = found === -1 ? text.length : found;
      const indent = start - from;
      const isComment = text.charCodeAt(start) === hash;
      if (start < end && indent !== (comment ?? indent)) throw notPlain;
      if (start < end && !isComment) {
        this.#at = from;
        return { indent, start, end };
      }
      if (isComment) comment = indent;
      from = end + 1;
    }
    if (comment !== undefined && comment > 0) throw notPlain;
    this.#at = text.length;
    return undefined;
  }

  /** Goes on behind this place, where a line begins. */
  #pass(end: number): void {
    this.#at = end;
    this.#next = this.#find();
  }

  #block(parent: number, line: Line): Ended {
    if (++this.#depth > maxDepth) throw notPlain;
    const isList = this.#isItem(line.start);
    // A list may stand below its key without being indented.
    if (line.indent < parent || (line.indent === parent && !isList)) throw notPlain;
    const ended = isList ? this.#list(line.indent) : this.#map(line.indent, line.start);
    this.#depth--;
    return ended;
  }

  #isItem(start: number): boolean {
    return this.#text.charCodeAt(start) === dash && this.#text.charCodeAt(start + 1) === space;
  }

  /** `start`: of the first key, which may stand behind a dash. */
  #map(indent: number, start: number): Ended {
    const entries = new Map<string, MapEntry>();
    let end = start;
    for (let at = start; ; ) {
      const line = this.#next as Line;
      const colon = this.#keyEnd(at, line.end);
      const key = this.#text.slice(at, colon);
      if (entries.has(key)) throw notPlain;
      const value =
        colon + 1 === line.end ? this.#below(indent, line) : this.#inline(indent, colon + 2, line);
      entries.set(key, { key, keySpan: { start: at, end: colon }, value: value.node });
      end = value.end;
      const next = this.#next;
      if (next === undefined || next.indent < indent) break;
      if (next.indent > indent) throw notPlain;
      if (this.#isItem(next.start)) break;
      at = next.start;
    }
    return { node: { kind: 'map', span: { start, end }, flow: false, entries }, end };
  }

  #keyEnd(start: number, end: number): number {
    const colon = this.#text.indexOf(':', start);
    if (colon === -1 || colon >= end || !isPlainKey(this.#text.slice(start, colon))) throw notPlain;
    if (colon + 1 < end && this.#text.charCodeAt(colon + 1) !== space) throw notPlain;
    return colon;
  }

  #below(indent: number, line: Line): Ended {
    this.#pass(line.end + 1);
    const next = this.#next;
    if (next === undefined) throw notPlain;
    return this.#block(indent, next);
  }

  #list(indent: number): Ended {
    const items: ManifestNode[] = [];
    const start = (this.#next as Line).start;
    let end = start;
    for (let line: Line | undefined = this.#next; line !== undefined; line = this.#next) {
      if (line.indent < indent || (line.indent === indent && !this.#isItem(line.start))) break;
      if (line.indent > indent) throw notPlain;
      const item = this.#item(indent, line);
      items.push(item.node);
      end = item.end;
    }
    const node: ListNode = { kind: 'list', span: { start, end }, flow: false, items };
    return { node, end };
  }

  #item(indent: number, line: Line): Ended {
    let at = line.start + 2;
    while (this.#text.charCodeAt(at) === space) at++;
    if (this.#isItem(at)) throw notPlain;
    const isMap = /^[\w./-]+:(?: |$)/.test(this.#text.slice(at, line.end));
    if (!isMap) return this.#inline(indent, at, line);
    if (++this.#depth > maxDepth) throw notPlain;
    const ended = this.#map(indent + at - line.start, at);
    this.#depth--;
    return ended;
  }

  /** A value that begins on the line of its key or dash. Only a literal block goes on below it. */
  #inline(indent: number, from: number, line: Line): Ended {
    let start = from;
    while (this.#text.charCodeAt(start) === space) start++;
    if (this.#text.charCodeAt(start) === bar) return this.#literal(indent, start, line);
    const node = this.#onLine({ start, end: line.end });
    const end = Math.min(line.end + 1, this.#text.length);
    this.#pass(end);
    if (this.#next !== undefined && this.#next.indent > indent) throw notPlain;
    return { node, end };
  }

  #onLine(span: Span): ManifestNode {
    switch (this.#text.charCodeAt(span.start)) {
      case quote:
      case apostrophe:
        return quotedScalar(this.#text, span);
      case brace:
      case bracket:
        return new FlowReader(this.#text, span).whole();
      default:
        return plainScalar(this.#text, span);
    }
  }

  #literal(indent: number, start: number, line: Line): Ended {
    const header = this.#text.slice(start, line.end);
    if (header !== '|' && header !== '|-') throw notPlain;
    const lines: string[] = [];
    let margin = 0;
    let end = line.end + 1;
    for (let from = end; from < this.#text.length; ) {
      const found = this.#text.indexOf('\n', from);
      if (found === -1) throw notPlain;
      if (found === from) {
        lines.push('');
      } else {
        let first = from;
        while (this.#text.charCodeAt(first) === space) first++;
        if (first === found) throw notPlain;
        if (margin === 0) margin = first - from;
        if (margin <= indent) throw notPlain;
        if (first - from < margin) break;
        lines.push(this.#text.slice(from + margin, found));
        end = found + 1;
      }
      from = found + 1;
    }
    while (lines.at(-1) === '') lines.pop();
    if (lines[0] === undefined || lines[0] === '') throw notPlain;
    this.#pass(end);
    if (this.#next !== undefined && this.#next.indent > indent) throw notPlain;
    const value = `${lines.join('\n')}${header === '|' ? '\n' : ''}`;
    const node: ScalarNode = { kind: 'scalar', span: { start, end }, value, style: 'literal' };
    return { node, end };
  }
}

const space = 0x20;
const hash = 0x23;
const dash = 0x2d;
const bar = 0x7c;
const quote = 0x22;
const apostrophe = 0x27;
const brace = 0x7b;
const bracket = 0x5b;
