// Reads XML in one pass over the text and reports elements and text to a handler; refuses what is not well-formed.
// Why not a library: docs/adr/0005-xml-reader.md.
import { errorAt } from '../format-error.ts';
import { asciiNameEnd, findForbidden, isSpace, nameEnd, skipSpace } from './characters.ts';
import { resolveText } from './references.ts';
import { badTag, checkedNameEnd, scanAttributes } from './scan-attributes.ts';
import { xmlError } from './xml-error.ts';
import type { Attributes, XmlHandler } from './xml-handler.ts';

/** Elements inside one another. Deeper documents are attacks. */
const maxDepth = 500;

const noAttributes: Attributes = [];
const greaterThan = 0x3e;
const slash = 0x2f;

/**
 * Reports the whole document. Throws FormatError with line and column: VRS8211 not well-formed, VRS8214 a document type
 * declaration (it is how entity bombs and files of this machine come in), VRS8215 nested too deeply, or too many attributes.
 */
export function scanXml(source: string, handler: XmlHandler): void {
  const bad = findForbidden(source);
  if (bad >= 0) throw xmlError(source, bad, 'a character that XML forbids');
  new XmlScanner(source, handler).scan();
}

class XmlScanner {
  readonly #source: string;
  readonly #handler: XmlHandler;
  readonly #open: string[] = [];
  /** What most documents do not hold, no text of them needs a look for. */
  readonly #isPlain: boolean;
  #seenRoot = false;

  constructor(source: string, handler: XmlHandler) {
    this.#source = source;
    this.#handler = handler;
    this.#isPlain = !source.includes('&') && !source.includes('\r') && !source.includes(']]>');
  }

  scan(): void {
    const source = this.#source;
    let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
    const first = at;
    while (at < source.length) {
      const tag = source.indexOf('<', at);
      if (tag !== at) this.#text(at, tag < 0 ? source.length : tag);
      if (tag < 0) break;
      at = this.#markup(tag, first);
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw xmlError(source, source.length, `<${unclosed}> is never closed`);
    if (!this.#seenRoot) throw xmlError(source, source.length, 'there is no element');
  }

  #text(start: number, end: number): void {
    const source = this.#source;
    if (this.#open.length === 0) {
      const solid = skipSpace(source, start);
      if (solid < end) throw xmlError(source, solid, 'text outside the root element');
      return;
    }
    const raw = source.slice(start, end);
    if (this.#isPlain) {
      this.#handler.text(raw);
      return;
    }
    const stray = raw.indexOf(']]>');
    if (stray >= 0) throw xmlError(source, start + stray, '`]]>` in text; write `]]&gt;`');
    this.#handler.text(resolveText(raw, source, start));
  }

  /** Answers where to go on after the markup that begins at `start`. */
  #markup(start: number, first: number): number {
    switch (this.#source.charCodeAt(start + 1)) {
      case slash:
        return this.#endTag(start);
      case 0x21:
        return this.#declaration(start);
      case 0x3f:
        return this.#instruction(start, first);
      default:
        return this.#startTag(start);
    }
  }

  #startTag(start: number): number {
    const source = this.#source;
    let at = asciiNameEnd(source, start + 1);
    if (at < 0) at = this.#nameEnd(start);
    const name = source.slice(start + 1, at);
    if (this.#open.length === 0 && this.#seenRoot) throw xmlError(source, start, 'a second root element');
    this.#seenRoot = true;
    let attributes = noAttributes;
    if (source.charCodeAt(at) !== greaterThan) {
      const read: string[] = [];
      at = scanAttributes(source, at, name, read);
      attributes = read;
    }
    this.#handler.open(name, attributes);
    if (source.charCodeAt(at) === slash) {
      if (source.charCodeAt(at + 1) !== greaterThan) throw badTag(source, at + 1, name);
      this.#handler.close();
      return at + 2;
    }
    if (this.#open.push(name) > maxDepth) {
      throw errorAt('VRS8215', `The XML is nested more than ${maxDepth} deep`, source, start);
    }
    return at + 1;
  }

  /** Of names that are not all ASCII; throws for the rest. */
  #nameEnd(start: number): number {
    const end = checkedNameEnd(this.#source, start + 1);
    if (end !== undefined) return end;
    if (start + 1 >= this.#source.length)
      throw xmlError(this.#source, start + 1, 'the document ends within a tag');
    throw xmlError(this.#source, start, 'an element name must follow `<`; write `&lt;` for the character');
  }

  #endTag(start: number): number {
    const source = this.#source;
    const name = this.#open.pop();
    if (name !== undefined && source.startsWith(name, start + 2)) {
      let at = start + 2 + name.length;
      if (source.charCodeAt(at) !== greaterThan && isSpace(source.charCodeAt(at))) at = skipSpace(source, at);
      if (source.charCodeAt(at) === greaterThan) {
        this.#handler.close();
        return at + 1;
      }
    }
    throw this.#badEndTag(start, name);
  }

  #badEndTag(start: number, expected: string | undefined): Error {
    const end = nameEnd(this.#source, start + 2);
    const found = this.#source.slice(start + 2, end);
    if (end >= this.#source.length)
      return xmlError(this.#source, end, `the document ends within the tag </${found}`);
    if (expected === undefined) return xmlError(this.#source, start, `</${found}> closes nothing`);
    if (found === expected) return xmlError(this.#source, end, `\`>\` must follow </${found}`);
    return xmlError(this.#source, start, `</${found}> where </${expected}> is expected`);
  }

  #declaration(start: number): number {
    const source = this.#source;
    if (source.startsWith('<!--', start)) return this.#comment(start);
    if (source.startsWith('<![CDATA[', start)) return this.#cdata(start);
    if (source.startsWith('<!DOCTYPE', start)) {
      throw errorAt('VRS8214', 'XML document type declarations are not accepted', source, start);
    }
    throw xmlError(source, start, 'this markup is unknown');
  }

  #comment(start: number): number {
    const source = this.#source;
    const end = source.indexOf('--', start + 4);
    if (end < 0) throw xmlError(source, start, 'a comment must end with `-->`');
    if (source.charCodeAt(end + 2) !== greaterThan)
      throw xmlError(source, end, 'a comment must end with `-->` and hold no `--`');
    if (this.#open.length > 0) this.#handler.comment?.(normalLines(source.slice(start + 4, end)));
    return end + 3;
  }

  #cdata(start: number): number {
    const source = this.#source;
    const end = source.indexOf(']]>', start + 9);
    if (end < 0) throw xmlError(source, start, 'a CDATA section is never closed');
    if (this.#open.length === 0) throw xmlError(source, start, 'text outside the root element');
    this.#handler.text(normalLines(source.slice(start + 9, end)));
    return end + 3;
  }

  #instruction(start: number, first: number): number {
    const source = this.#source;
    const end = source.indexOf('?>', start + 2);
    if (end < 0) throw xmlError(source, start, 'a processing instruction is never closed');
    const targetEnd = nameEnd(source, start + 2);
    const target = source.slice(start + 2, targetEnd);
    if (target === '' || (targetEnd < end && !isSpace(source.charCodeAt(targetEnd)))) {
      throw xmlError(source, start, 'a processing instruction without a name');
    }
    if (target.toLowerCase() === 'xml')
      this.#xmlDeclaration(start, first, source.slice(targetEnd, end), target);
    else if (this.#open.length > 0) this.#handler.instruction?.(normalLines(source.slice(start + 2, end)));
    return end + 2;
  }

  #xmlDeclaration(start: number, first: number, attributes: string, target: string): void {
    if (start !== first || target !== 'xml') {
      throw xmlError(this.#source, start, 'the XML declaration must come first');
    }
    const match = xmlDeclaration.exec(attributes);
    if (match === null) throw xmlError(this.#source, start, 'the XML declaration is malformed');
    if (!/^1\.\d+$/.test(match[1] as string)) throw xmlError(this.#source, start, 'not XML 1.0');
  }
}

/** XML 1.0, section 2.11. */
function normalLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

const xmlDeclaration =
  /^[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["'](?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["'][A-Za-z][A-Za-z0-9._-]*["'])?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*$/;
