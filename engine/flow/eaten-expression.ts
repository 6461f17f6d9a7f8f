// Expressions that YAML took for something else: mappings, lists, numbers, comments, quotes, commas.
import { type DiagnosticDetails, diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';
import {
  describeNode,
  type ManifestNode,
  type MapNode,
  type ScalarNode,
  type Span,
} from '../manifest/node.ts';
import { annotation, type SchemaReader, type View } from '../manifest/schema-view.ts';

/** A part of the file that is an expression in truth: what else is said about it would be noise. */
export interface Eaten {
  readonly span: Span;
  readonly diagnostic: Diagnostic;
}

/** An expression field that holds a mapping, a list, a number or a truth value. */
export function eatenWhole(
  document: ManifestDocument,
  node: ManifestNode,
  path: DocumentPath,
): Eaten | undefined {
  if (node.kind === 'scalar' && (typeof node.value === 'string' || node.value === null)) return undefined;
  const expression = expressionOf(document, node);
  const message = `YAML took this expression for ${describeNode(node)}`;
  return { span: node.span, diagnostic: eaten(document, path, node.span, message, expression) };
}

/** What was probably meant: the text as it stands, or for an indented mapping the object constructor that looks like it. */
function expressionOf(document: ManifestDocument, node: ManifestNode): string | undefined {
  if (node.kind === 'scalar' || node.flow) return document.text.slice(node.span.start, node.span.end);
  if (node.kind === 'list') return undefined;
  const entries = [...node.entries.values()];
  if (!entries.every((entry) => entry.value.kind === 'scalar')) return undefined;
  const fields = entries.map(({ key, value }) => {
    const written = document.text.slice(value.span.start, value.span.end);
    return `  ${JSON.stringify(key)}: ${written}`;
  });
  return `{\n${fields.join(',\n')}\n}`;
}

/**
 * An expression in a `{ … }` on one line that YAML ended at a comma: what follows became fields without a value.
 * `$substring(name, 1)` leaves `$substring(name` and a field `1)`.
 */
export function eatenAtComma(
  document: ManifestDocument,
  map: MapNode,
  path: DocumentPath,
  view: View,
  reader: SchemaReader,
): readonly Eaten[] {
  if (!map.flow) return [];
  const found: Eaten[] = [];
  const entries = [...map.entries.values()];
  for (const [index, entry] of entries.entries()) {
    const { value } = entry;
    if (value.kind !== 'scalar' || value.style !== 'plain' || typeof value.value !== 'string') continue;
    const next = entries[index + 1];
    if (next === undefined || !isLeftOver(next.value, document)) continue;
    if (annotation(reader.child(view, entry.key, value.value), 'x-expression') !== 'jsonata') continue;
    const rest = entries.slice(index + 1);
    const stop = rest.findIndex((next) => !isLeftOver(next.value, document));
    const tail = rest.slice(0, stop === -1 ? undefined : stop).at(-1);
    if (tail === undefined) continue;
    const span = { start: value.span.start, end: tail.keySpan.end };
    const expression = document.text.slice(span.start, span.end);
    const message = 'YAML ended this expression at the comma';
    found.push({ span, diagnostic: eaten(document, [...path, entry.key], span, message, expression) });
  }
  return found;
}

/** A key without a colon. */
function isLeftOver(value: ManifestNode, document: ManifestDocument): boolean {
  return value.kind === 'scalar' && value.value === null && document.text[value.span.start - 1] !== ':';
}

/** What follows a plain expression on its line and was taken for a comment; undefined when nothing does. */
export function commentAfter(document: ManifestDocument, node: ScalarNode): Span | undefined {
  if (node.style !== 'plain') return undefined;
  const match = /^[ \t]+(#[^\n\r]*)/.exec(document.text.slice(node.span.end, node.span.end + 2000));
  if (match === null) return undefined;
  const end = node.span.end + match[0].length;
  return { start: end - (match[1] as string).length, end };
}

/**
 * The comment after an expression is an error when the expression needs it: it begins like JSONata's `#$index`, or what is left has a
 * mistake in its syntax. Otherwise a hint, for `a # b` may be an expression or a remark.
 */
export function eatenByComment(
  document: ManifestDocument,
  node: ScalarNode,
  path: DocumentPath,
  comment: Span,
  isBroken: boolean,
): Diagnostic {
  const isNeeded = isBroken || document.text.startsWith('#$', comment.start);
  const expression = document.text.slice(node.span.start, comment.end);
  const range = document.range(comment);
  const message = 'YAML takes this for a comment: it is not part of the expression';
  const help = `If it belongs to the expression:\n${writeAs(document, path, expression)}\nIf it is a remark, put it on a line of its own above.`;
  return diagnose('VRS4011', document.file, range, message, {
    help,
    severity: isNeeded ? 'error' : 'warning',
    fix: fixFor(document, path, { start: node.span.start, end: comment.end }, expression),
  });
}

/** `"ok"` in quotes of YAML is the field `ok` to JSONata. */
export function eatenQuotes(
  document: ManifestDocument,
  node: ScalarNode,
  path: DocumentPath,
): Diagnostic | undefined {
  if (node.style !== 'double' && node.style !== 'single') return undefined;
  const text = String(node.value);
  if (!/^[A-Za-z_][\w-]*$/.test(text)) return undefined;
  const range = document.range(node.span);
  const message = `YAML removed the quotes: this reads the field \`${text}\``;
  return diagnose('VRS4012', document.file, range, message, {
    help: `For the text "${text}":\n${writeAs(document, path, `"${text}"`)}\nFor the field, leave the quotes out.`,
    fix: fixFor(document, path, node.span, `"${text}"`),
  });
}

function eaten(
  document: ManifestDocument,
  path: DocumentPath,
  span: Span,
  message: string,
  expression: string | undefined,
): Diagnostic {
  const details: DiagnosticDetails =
    expression === undefined
      ? {
          help: 'Write it as JSONata in a block scalar: end the line with `|` and put the expression on the next line, indented.',
        }
      : {
          help: `Write it so that YAML leaves it alone:\n${writeAs(document, path, expression)}`,
          fix: fixFor(document, path, span, expression),
        };
  const first = document.positions.position(span.start);
  const lineEnd = first.offset - first.column + 1 + document.positions.line(first.line).length;
  return diagnose(
    'VRS4010',
    document.file,
    document.range({ start: span.start, end: Math.min(span.end, lineEnd) }),
    message,
    details,
  );
}

/** How to write the expression there: a block scalar, or single quotes inside `{ … }` and `[ … ]`, where there are no block scalars. */
function writeAs(document: ManifestDocument, path: DocumentPath, expression: string): string {
  const field = String(path.at(-1));
  return isInFlow(document, path)
    ? `${field}: ${quoted(expression)}`
    : `${field}: |\n${indented(expression, 2)}`;
}

function fixFor(document: ManifestDocument, path: DocumentPath, span: Span, expression: string): Fix {
  const range = document.range(span);
  const block = blockScalar(document, path, span, expression);
  return block ?? { title: 'Put the expression in quotes', range, text: quoted(expression) };
}

/** Writes an expression in the place of a value; undefined inside `{ … }` and `[ … ]`, where there are no block scalars. */
export function blockScalar(
  document: ManifestDocument,
  path: DocumentPath,
  span: Span,
  expression: string,
): Fix | undefined {
  if (isInFlow(document, path)) return undefined;
  const { column } = document.locate(path, 'key').start;
  const text = `|\n${indented(expression.trimEnd(), column + 1)}`;
  return { title: 'Write it as a block scalar', range: document.range(span), text };
}

function isInFlow(document: ManifestDocument, path: DocumentPath): boolean {
  const parents = path.map((_, index) => document.node(path.slice(0, index)));
  return parents.some((parent) => parent !== undefined && parent.kind !== 'scalar' && parent.flow);
}

function quoted(expression: string): string {
  return `'${expression.replaceAll("'", "''")}'`;
}

function indented(text: string, spaces: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(spaces)}${line}`)
    .join('\n');
}
