// References in XML text: the five predefined entities and characters by number; no document defines its own.
import { xmlError } from './xml-error.ts';

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const reference = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z_][\w.-]*));|&/g;

/** `text` starts at `offset` of the document. */
export function resolveReferences(text: string, source: string, offset: number): string {
  if (!text.includes('&')) return text;
  return text.replace(
    reference,
    (
      match: string,
      hex: string | undefined,
      decimal: string | undefined,
      name: string | undefined,
      at: number,
    ) => {
      if (name !== undefined && Object.hasOwn(predefined, name)) return predefined[name] as string;
      if (name !== undefined)
        throw xmlError(
          source,
          offset + at,
          `the entity ${match} is not one of &lt; &gt; &amp; &quot; &apos;`,
        );
      const code =
        hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : -1;
      if (!isCharacter(code))
        throw xmlError(
          source,
          offset + at,
          `${match === '&' ? 'a lone &; write &amp;' : `${match} is not a character`}`,
        );
      return String.fromCodePoint(code);
    },
  );
}

/** XML 1.0, production 2. */
function isCharacter(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}
