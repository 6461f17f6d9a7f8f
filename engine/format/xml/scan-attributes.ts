// Reads the attributes of a start tag: names, quoted values, no name twice.
import { errorAt, type FormatError } from '../format-error.ts';
import { asciiNameEnd, isName, nameEnd, skipSpace } from './characters.ts';
import { resolveAttribute } from './references.ts';
import { xmlError } from './xml-error.ts';

/** Of one element. Looking for doubles takes quadratic time. */
const maxAttributes = 1000;
const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;

/** Reads into `read` and answers where the `>` or `/` of the tag stands. */
export function scanAttributes(source: string, start: number, element: string, read: string[]): number {
  let at = start;
  for (;;) {
    const next = skipSpace(source, at);
    const unit = source.charCodeAt(next);
    if (unit === greaterThan || unit === slash) return next;
    if (next === at) throw badTag(source, next, element);
    let end = asciiNameEnd(source, next);
    if (end < 0) end = checkedNameEnd(source, next) ?? -1;
    if (end < 0) throw badTag(source, next, element);
    const name = source.slice(next, end);
    if (read.includes(name)) checkTwice(source, name, read, element, next);
    at = scanValue(source, end, element, name, read);
  }
}

function checkTwice(
  source: string,
  name: string,
  read: readonly string[],
  element: string,
  at: number,
): void {
  for (let index = 0; index < read.length; index += 2) {
    if (read[index] === name) throw xmlError(source, at, `<${element}> has the attribute \`${name}\` twice`);
  }
}

/** Answers where to go on after the value. */
function scanValue(source: string, after: number, element: string, name: string, read: string[]): number {
  const equals = skipSpace(source, after);
  if (equals >= source.length) throw badTag(source, equals, element);
  if (source[equals] !== '=') throw xmlError(source, after, `the attribute \`${name}\` has no value`);
  const open = skipSpace(source, equals + 1);
  const quote = source[open];
  if (quote === undefined) throw badTag(source, open, element);
  if (quote !== '"' && quote !== "'") throw xmlError(source, open, `the value of \`${name}\` needs quotes`);
  const close = source.indexOf(quote, open + 1);
  if (close < 0) throw badTag(source, source.length, element);
  const raw = source.slice(open + 1, close);
  const tag = raw.indexOf('<');
  if (tag >= 0) throw xmlError(source, open + 1 + tag, '`<` in an attribute; write `&lt;`');
  if (read.push(name, resolveAttribute(raw, source, open + 1)) > 2 * maxAttributes) {
    throw errorAt('VRS8215', `<${element}> has more than ${maxAttributes} attributes`, source, open);
  }
  return close + 1;
}

/** The end of the name at `start`; undefined when none begins there. Throws when what begins there is none. */
export function checkedNameEnd(source: string, start: number): number | undefined {
  const end = nameEnd(source, start);
  if (end === start) return undefined;
  const name = source.slice(start, end);
  if (isName(name)) return end;
  if (end >= source.length) throw xmlError(source, end, 'the document ends within a tag');
  throw xmlError(source, start, `${JSON.stringify(name.slice(0, 60))} is not a name`);
}

/** What is wrong where a tag should go on. */
export function badTag(source: string, at: number, element: string): FormatError {
  if (at >= source.length) return xmlError(source, at, `the document ends within the tag <${element}>`);
  const isTag = source.charCodeAt(at) === lessThan;
  const problem = isTag ? `the tag <${element}> is not closed by \`>\`` : `a malformed tag <${element}>`;
  return xmlError(source, at, problem);
}
