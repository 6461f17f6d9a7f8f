// Whether two texts say the same: the same documents with the same values, anchors and tags, and every comment in its order.
import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, type Node } from 'yaml';
import type { ParsedYaml } from '../parse-yaml.ts';

type YamlDocument = ParsedYaml['documents'][number];

/** Compares what was parsed, not what aliases stand for: linear in the size of the text. */
export function sameContent(before: readonly YamlDocument[], after: readonly YamlDocument[]): boolean {
  if (before.length !== after.length) return false;
  return before.every((document, index) => {
    const other = after[index] as YamlDocument;
    return sameNode(document.contents, other.contents) && sameDirectives(document, other);
  });
}

/** The text of every comment, in the order of the file, without the space around it. */
export function commentsOf(text: string): readonly string[] {
  const comments: string[] = [];
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isScalarNext && lexeme.startsWith('#')) comments.push(lexeme.trim());
    // The lexer announces plain and block scalars: what they hold may begin with a # too.
    isScalarNext = lexeme === '\u001f';
  }
  return comments;
}

function sameNode(a: unknown, b: unknown): boolean {
  if (isAlias(a) || isAlias(b)) return isAlias(a) && isAlias(b) && a.source === b.source;
  if (!sameProperties(a as Node | null, b as Node | null)) return false;
  // Two numbers that JavaScript cannot tell apart may differ in what is written.
  if (isScalar(a) && typeof a.value === 'number') return isScalar(b) && a.source === b.source;
  if (isScalar(a)) return isScalar(b) && Object.is(a.value, b.value);
  if (isPair(a)) return isPair(b) && sameNode(a.key, b.key) && sameNode(a.value, b.value);
  if (isMap(a)) return isMap(b) && sameItems(a.items, b.items);
  if (isSeq(a)) return isSeq(b) && sameItems(a.items, b.items);
  return isEmpty(a) && isEmpty(b);
}

function sameProperties(a: Node | null, b: Node | null): boolean {
  const anchorOf = (node: Node | null) => (node as { readonly anchor?: string } | null)?.anchor;
  return anchorOf(a) === anchorOf(b) && a?.tag === b?.tag;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => sameNode(item, b[index]));
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined;
}

function sameDirectives(a: YamlDocument, b: YamlDocument): boolean {
  return JSON.stringify(a.directives.tags) === JSON.stringify(b.directives.tags);
}
