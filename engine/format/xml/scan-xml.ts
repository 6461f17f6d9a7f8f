// Reads XML in one pass over the text and reports elements and text to a handler; refuses what is not well-formed.
// Why not a library: docs/adr/0005-xml-reader.md.
import { resolveReferences } from './entities.ts';
import { xmlError } from './xml-error.ts';

/** Attributes as name, value, name, value …; references resolved. */
export type Attributes = readonly string[];

export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  text(text: string): void;
  close(): void;
}

const maxDepth = 500;
const noAttributes: Attributes = [];
const name = /[A-Za-z_:\u00c0-\uffff][-.\w:\u00b7\u00c0-\uffff]*/y;
const attribute = /\s+([A-Za-z_:\u00c0-\uffff][-.\w:\u00b7\u00c0-\uffff]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Throws FormatError VRS8211 with line and column. Document type declarations are refused: they are how entity bombs come in. */
export function scanXml(source: string, handler: XmlHandler): void {
  const bad = forbidden.exec(source);
  if (bad !== null) throw xmlError(source, bad.index, 'a character that XML forbids');
  const open: string[] = [];
  let seenRoot = false;
  let at = 0;
  while (at < source.length) {
    const tag = source.indexOf('<', at);
    if (tag !== at) text(at, tag < 0 ? source.length : tag);
    if (tag < 0) break;
    at = markup(tag);
  }
  if (open.length > 0) throw xmlError(source, source.length, `<${open.at(-1)}> is never closed`);
  if (!seenRoot) throw xmlError(source, source.length, 'there is no element');

  function text(start: number, end: number): void {
    const raw = source.slice(start, end);
    if (open.length === 0) {
      const stray = raw.search(/[^\s\ufeff]/);
      if (stray >= 0) throw xmlError(source, start + stray, 'text outside the root element');
      return;
    }
    const cdataEnd = raw.indexOf(']]>');
    if (cdataEnd >= 0) throw xmlError(source, start + cdataEnd, ']]> in text; write ]]&gt;');
    handler.text(resolveReferences(normalLines(raw), source, start));
  }

  /** Answers where to go on after the markup that begins at `start`. */
  function markup(start: number): number {
    switch (source.charCodeAt(start + 1)) {
      case 0x2f:
        return endTag(start);
      case 0x21:
        return declaration(start);
      case 0x3f:
        return processingInstruction(start);
      default:
        return startTag(start);
    }
  }

  function startTag(start: number): number {
    name.lastIndex = start + 1;
    const element = name.exec(source)?.[0];
    if (element === undefined)
      throw xmlError(source, start, 'an element name must follow `<`; write &lt; for the character');
    if (open.length === 0 && seenRoot) throw xmlError(source, start, 'a second root element');
    let end = name.lastIndex;
    let attributes = noAttributes;
    if (source.charCodeAt(end) !== 0x3e) {
      const read = readAttributes(end, element);
      attributes = read.attributes;
      end = read.end;
    }
    tagEnd.lastIndex = end;
    const closing = tagEnd.exec(source);
    if (closing === null)
      throw xmlError(source, end, `the tag <${element}> is not closed by > or has a malformed attribute`);
    seenRoot = true;
    handler.open(element, attributes);
    if (closing[1] === '/') handler.close();
    else if (open.push(element) > maxDepth)
      throw xmlError(source, start, `elements more than ${maxDepth} deep`);
    return tagEnd.lastIndex;
  }

  function readAttributes(
    start: number,
    element: string,
  ): { readonly attributes: Attributes; readonly end: number } {
    const attributes: string[] = [];
    let end = start;
    attribute.lastIndex = start;
    for (let found = attribute.exec(source); found !== null; found = attribute.exec(source)) {
      const [, key = '', double, single] = found;
      for (let index = 0; index < attributes.length; index += 2) {
        if (attributes[index] === key)
          throw xmlError(source, end, `<${element}> has the attribute ${key} twice`);
      }
      const raw = double ?? single ?? '';
      attributes.push(
        key,
        resolveReferences(raw.replace(/[\t\r\n]/g, ' '), source, attribute.lastIndex - raw.length - 1),
      );
      end = attribute.lastIndex;
    }
    return { attributes, end };
  }

  function endTag(start: number): number {
    const end = source.indexOf('>', start);
    const closed = source.slice(start + 2, end < 0 ? undefined : end).trimEnd();
    const expected = open.pop();
    if (end < 0) throw xmlError(source, start, 'the document ends within a tag');
    if (closed !== expected)
      throw xmlError(
        source,
        start,
        expected === undefined
          ? `</${closed}> closes nothing`
          : `</${closed}> where </${expected}> is expected`,
      );
    handler.close();
    return end + 1;
  }

  function declaration(start: number): number {
    if (source.startsWith('<!--', start)) {
      const end = source.indexOf('--', start + 4);
      if (end < 0 || source.charCodeAt(end + 2) !== 0x3e)
        throw xmlError(source, end < 0 ? start : end, 'a comment must end with --> and hold no --');
      return end + 3;
    }
    if (source.startsWith('<![CDATA[', start)) {
      const end = source.indexOf(']]>', start);
      if (end < 0) throw xmlError(source, start, 'a CDATA section is never closed');
      if (open.length === 0) throw xmlError(source, start, 'text outside the root element');
      handler.text(normalLines(source.slice(start + 9, end)));
      return end + 3;
    }
    if (source.startsWith('<!DOCTYPE', start))
      throw xmlError(source, start, 'document type declarations are not accepted');
    throw xmlError(source, start, 'unknown markup');
  }

  function processingInstruction(start: number): number {
    const end = source.indexOf('?>', start);
    if (end < 0) throw xmlError(source, start, 'a processing instruction is never closed');
    if (
      /^<\?xml\s/i.test(source.slice(start, start + 6)) &&
      source.slice(0, start).replace('\ufeff', '') !== ''
    ) {
      throw xmlError(source, start, 'the XML declaration must come first');
    }
    return end + 2;
  }
}

/** XML 1.0, section 2.11. */
function normalLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
