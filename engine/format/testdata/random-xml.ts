// Random well-formed documents, and random damage to them.
import type { Random } from './random.ts';

const names = ['a', 'b', 'cbc:ID', 'x-1', 'item', '__proto__', 'constructor', 'Ærø', 'toString', '_'];
const texts = ['', ' ', '007', 'x &amp; y', '&lt;&#65;&#x1F600;&gt;', '<![CDATA[<&]]>', 'Blåbær', '\n  ', '1e3', '&#13;', 'a\r\nb', '"\''];
const damage = ['<', '>', '&', '"', '/', '=', ']]>', '<!--', '-->', '<?', '<a', '</a>', ' x="1"', '<!DOCTYPE a>', '&x;', '\u0000', '\u00a0', '<![CDATA[', "'"];

/** `mixed`: text stands between elements, and unlike siblings in any order; otherwise what data looks like. */
export function randomXml(random: Random, mixed: boolean): string {
  return `${random.pick(['', '<?xml version="1.0"?>\n', '<!-- made up -->'])}${element(random, 4, mixed)}`;
}

function element(random: Random, depth: number, mixed: boolean): string {
  const name = random.pick(names);
  const start = `<${name}${attributes(random)}`;
  if (depth === 0 || random.int(4) === 0)
    return random.int(3) === 0 ? `${start}/>` : `${start}>${random.pick(texts)}</${name}>`;
  const children = Array.from({ length: random.int(5) }, () => element(random, depth - 1, mixed));
  const content = mixed
    ? children.flatMap((child) => [random.pick(texts), child]).join('')
    : grouped(children).join(random.pick(['', '\n  ']));
  return `${start}>${content}</${name}>`;
}

/** Equal names beside one another: the plain form keeps no other order. */
function grouped(children: readonly string[]): readonly string[] {
  const nameOf = (child: string) => /^<([^\s/>]+)/.exec(child)?.[1] ?? '';
  return [...Map.groupBy(children, nameOf).values()].flat();
}

function attributes(random: Random): string {
  const chosen = new Set(Array.from({ length: random.int(3) }, () => random.pick(names)));
  return [...chosen].map((name) => ` ${name}="${random.pick(['', '1', 'a &quot; b', "it's", 'x\ty', '&#10;'])}"`).join('');
}

export function damaged(text: string, random: Random): string {
  const at = random.int(text.length + 1);
  if (random.int(3) === 0) return text.slice(0, at);
  return text.slice(0, at) + random.pick(damage) + text.slice(at + random.int(3));
}
