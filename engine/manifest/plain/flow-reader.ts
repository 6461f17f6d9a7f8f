// `{ … }` and `[ … ]` of plain YAML: on one line, keys without quotes.
import type { ListNode, ManifestNode, MapEntry, MapNode, ScalarNode, Span } from '../node.ts';
import { isPlainKey, notPlain, plainValue, quoted } from './scalars.ts';

const maxDepth = 10;
const KEY = /[A-Za-z_][\w./-]*(?=: )/y;
/** A colon belongs to it unless something ends behind it. */
const PLAIN = /[A-Za-z\d_./$(](?:[^,[\]{}:#"'&*!|>%@`\\\n]|:(?=[^\s,[\]{}"']))*/y;

export class FlowReader {
  readonly #text: string;
  readonly #end: number;
  #at: number;
  #depth = 0;

  constructor(text: string, { start, end }: Span) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  /** What fills the span. */
  whole(): ManifestNode {
    const node = this.#value();
    if (this.#at !== this.#end) throw notPlain;
    return node;
  }

  #value(): ManifestNode {
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#map();
      case '[':
        return this.#list();
      case '"':
      case "'":
        return this.#quoted();
      default:
        return this.#plain();
    }
  }

  #map(): MapNode {
    const start = this.#at;
    const entries = new Map<string, MapEntry>();
    this.#each('}', () => {
      const key = this.#match(KEY);
      if (!isPlainKey(key) || entries.has(key)) throw notPlain;
      const keySpan = { start: this.#at - key.length, end: this.#at };
      this.#at++;
      this.#spaces();
      entries.set(key, { key, keySpan, value: this.#value() });
    });
    return { kind: 'map', span: { start, end: this.#at }, flow: true, entries };
  }

  #list(): ListNode {
    const start = this.#at;
    const items: ManifestNode[] = [];
    this.#each(']', () => items.push(this.#value()));
    return { kind: 'list', span: { start, end: this.#at }, flow: true, items };
  }

  /** Between the brackets, separated by commas; passes over the closing one. */
  #each(closing: string, read: () => void): void {
    if (++this.#depth > maxDepth) throw notPlain;
    this.#at++;
    this.#spaces();
    while (this.#text.charAt(this.#at) !== closing) {
      read();
      this.#spaces();
      const sign = this.#text.charAt(this.#at);
      if (sign === closing) break;
      if (sign !== ',') throw notPlain;
      this.#at++;
      this.#spaces();
      // A comma at the end.
      if (this.#text.charAt(this.#at) === closing) throw notPlain;
    }
    this.#at++;
    this.#depth--;
  }

  #quoted(): ScalarNode {
    const start = this.#at;
    const closing = this.#text.indexOf(this.#text.charAt(start), start + 1);
    if (closing === -1 || closing >= this.#end) throw notPlain;
    this.#at = closing + 1;
    return quoted(this.#text, { start, end: this.#at });
  }

  #plain(): ScalarNode {
    const start = this.#at;
    const written = this.#match(PLAIN).trimEnd();
    this.#at = start + written.length;
    return { kind: 'scalar', span: { start, end: this.#at }, value: plainValue(written), style: 'plain' };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw notPlain;
    this.#at += found.length;
    return found;
  }

  #spaces(): void {
    while (this.#text.charAt(this.#at) === ' ') this.#at++;
  }
}
