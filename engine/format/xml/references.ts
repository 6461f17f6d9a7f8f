// References and line ends in XML text: the five predefined entities and characters by number; no document defines its own.
import { isCharacter } from './characters.ts';
import { xmlError } from './xml-error.ts';

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const inText = /\r\n?|&[^;&<\s]{0,40};?/g;
const inAttribute = /\r\n|[\t\r\n]|&[^;&<\s]{0,40};?/g;

/** `raw` stands at `offset` of `source`. Every line end becomes LF (XML 1.0, section 2.11). */
export function resolveText(raw: string, source: string, offset: number): string {
  if (!raw.includes('&') && !raw.includes('\r')) return raw;
  return raw.replace(inText, (match, at: number) =>
    match[0] === '&' ? resolve(match, source, offset + at) : '\n',
  );
}

/** White space that is not written as a reference becomes a space (section 3.3.3). */
export function resolveAttribute(raw: string, source: string, offset: number): string {
  if (!/[&\t\r\n]/.test(raw)) return raw;
  return raw.replace(inAttribute, (match, at: number) =>
    match[0] === '&' ? resolve(match, source, offset + at) : ' ',
  );
}

function resolve(match: string, source: string, offset: number): string {
  const name = match.slice(1, -1);
  if (!match.endsWith(';') || name === '')
    throw xmlError(source, offset, 'a lone `&`; write `&amp;` for the character');
  if (name[0] === '#') return numbered(name, source, offset);
  if (Object.hasOwn(predefined, name)) return predefined[name] as string;
  throw xmlError(
    source,
    offset,
    `the entity \`&${name};\` is not one of &lt; &gt; &amp; &quot; &apos;; write the character or its number`,
  );
}

function numbered(name: string, source: string, offset: number): string {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
  const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN);
  if (!isCharacter(code))
    throw xmlError(source, offset, `\`&${name};\` stands for no character that XML allows`);
  return String.fromCodePoint(code);
}
