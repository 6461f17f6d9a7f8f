// Lays a file of manifests out in the one way of this project, without changing what it says or losing a comment.
import type { Document } from 'yaml';
import { hasErrors } from '../../diagnostics/diagnose.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { buildNode } from '../build-node.ts';
import { checkCharacters, tooLarge } from '../decode-source.ts';
import { ManifestDocument } from '../document.ts';
import { type ParsedYaml, parseYaml } from '../parse-yaml.ts';
import { builtinSchemas, type SchemaSet } from '../schema-set.ts';
import { SchemaReader } from '../schema-view.ts';
import { SOURCE_LIMITS, type Source } from '../source.ts';
import { blockExpressions } from './block-expressions.ts';
import { layoutTags } from './layout-tags.ts';
import { commentsOf, sameContent } from './same-content.ts';

export interface FormattedSource {
  /** The text as it should be; the one that was given when it cannot be laid out. */
  readonly text: string;
  /** Why it was left as it is: its YAML is wrong (then there are diagnostics), or laying it out would lose something. */
  readonly kept?: 'invalid' | 'unsafe';
  readonly diagnostics: readonly Diagnostic[];
}

/** Lines of `>` texts and of `[ … ]` and `{ … }` are no longer, when they can be broken. Other texts stay on their line. */
const LINE_WIDTH = 100;

/** Formatting settles after a round or two; what does not is left as it is. */
const MAX_ROUNDS = 4;

/** Formatting twice is formatting once. Line breaks stay what most of them are in the file. */
export function formatSource(source: Source, schemas: SchemaSet = builtinSchemas()): FormattedSource {
  const { file, text } = source;
  const kept = (diagnostics: readonly Diagnostic[]) => ({ text, kept: 'invalid' as const, diagnostics });
  const bytes = Buffer.byteLength(text);
  if (bytes > SOURCE_LIMITS.maxBytes) return kept([tooLarge(file, bytes, SOURCE_LIMITS.maxBytes)]);
  const characters = checkCharacters(file, text);
  if (characters.value === undefined) return kept(characters.diagnostics);
  const before = parseYaml(source);
  const broken = [...before.diagnostics, ...missingAnchors(file, before)];
  if (hasErrors(broken)) return kept(broken);
  if (before.documents.length === 0) return { text, diagnostics: [] };
  const reader = new SchemaReader(schemas);
  for (const mover of [reader, undefined]) {
    const settled = settle(text.replaceAll('\r\n', '\n'), file, mover);
    const formatted = settled === undefined ? undefined : withLineBreaksOf(text, settled);
    if (formatted !== undefined && isFaithful(source, before, formatted))
      return { text: formatted, diagnostics: [] };
  }
  return { text, kept: 'unsafe', diagnostics: [] };
}

type YamlDocument = ParsedYaml['documents'][number];

/** The one mistake behind correct syntax that leaves nothing to write. */
function missingAnchors(file: string, { documents, positions }: ParsedYaml): readonly Diagnostic[] {
  const context = { file, positions, maxNodes: SOURCE_LIMITS.maxNodes };
  const found = documents.flatMap((document) => buildNode(document, context).diagnostics);
  return found.filter(({ code }) => code === 'VRS1008');
}

/** Lays out until nothing changes any more; undefined when that never happens. */
function settle(text: string, file: string, mover: SchemaReader | undefined): string | undefined {
  let before = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const parsed = parseYaml({ file, text: before });
    if (hasErrors(parsed.diagnostics)) return undefined;
    if (mover !== undefined)
      for (const document of parsed.documents) moveExpressions(document, file, parsed, mover);
    const after = parsed.documents.map(render).join('');
    if (after === before) return after;
    before = after;
  }
  return undefined;
}

function moveExpressions(
  yaml: YamlDocument,
  file: string,
  { positions }: ParsedYaml,
  reader: SchemaReader,
): void {
  const { node, diagnostics } = buildNode(yaml, { file, positions, maxNodes: SOURCE_LIMITS.maxNodes });
  if (node?.kind !== 'map' || hasErrors(diagnostics)) return;
  blockExpressions(yaml, new ManifestDocument(file, node, positions), reader);
}

function render(document: Document): string {
  if (document.schema !== undefined) document.schema.tags = layoutTags(document.schema.tags);
  return document.toString({ lineWidth: LINE_WIDTH, indentSeq: true });
}

function isFaithful(source: Source, before: ParsedYaml, text: string): boolean {
  const after = parseYaml({ file: source.file, text });
  if (after.diagnostics.length > before.diagnostics.length) return false;
  const comments = [commentsOf(source.text), commentsOf(text)].map((list) => list.join('\n'));
  return comments[0] === comments[1] && sameContent(before.documents, after.documents);
}

function withLineBreaksOf(original: string, text: string): string {
  const all = original.split('\n').length - 1;
  const windows = original.split('\r\n').length - 1;
  return windows * 2 > all ? text.replaceAll('\n', '\r\n') : text;
}
