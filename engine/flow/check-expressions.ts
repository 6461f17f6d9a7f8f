// Checks every field that the schema marks with `x-expression`, at the exact place in the file.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Code, codeEntry } from '../diagnostics/registry.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { ScalarNode } from '../manifest/node.ts';
import { ScalarMap } from '../manifest/scalar-map.ts';
import { annotation, type SchemaReader } from '../manifest/schema-view.ts';
import { sentence } from '../manifest/schema-words.ts';
import type { Visit } from '../manifest/walk-document.ts';
import {
  commentAfter,
  type Eaten,
  eatenAtComma,
  eatenByComment,
  eatenQuotes,
  eatenWhole,
} from './eaten-expression.ts';
import { type ExpressionChecker, type ExpressionProblem, MESSAGE_BINDINGS } from './expression-checker.ts';
import { findHoles } from './holes.ts';

export interface ExpressionFindings {
  readonly eaten: readonly Eaten[];
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: ExpressionFindings = { eaten: [], diagnostics: [] };

/** What is wrong with one value of a document, when it is an expression or a `{ … }` with one inside. */
export function checkExpressions(
  document: ManifestDocument,
  { node, path, view }: Visit,
  reader: SchemaReader,
  checker: ExpressionChecker,
): ExpressionFindings {
  const kind = annotation(view, 'x-expression');
  if (kind === undefined) {
    return node.kind === 'map'
      ? { ...NOTHING, eaten: eatenAtComma(document, node, path, view, reader) }
      : NOTHING;
  }
  if (kind === 'template') {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return NOTHING;
    return {
      ...NOTHING,
      diagnostics: locate(document, node, checker.template(withoutHoles(node.value), MESSAGE_BINDINGS)),
    };
  }
  if (kind !== 'jsonata') return NOTHING;
  const whole = eatenWhole(document, node, path);
  if (whole !== undefined) return { ...NOTHING, eaten: [whole] };
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return NOTHING;
  return { ...NOTHING, diagnostics: checkText(document, node, path, checker) };
}

function checkText(
  document: ManifestDocument,
  node: ScalarNode,
  path: Visit['path'],
  checker: ExpressionChecker,
): readonly Diagnostic[] {
  const problems = checker.expression(withoutHoles(String(node.value)), MESSAGE_BINDINGS);
  const comment = commentAfter(document, node);
  if (comment !== undefined) {
    const isBroken = problems.some((problem) => problem.code === 'VRS4001');
    const eaten = eatenByComment(document, node, path, comment, isBroken);
    return isBroken ? [eaten] : [eaten, ...locate(document, node, problems)];
  }
  const quotes = eatenQuotes(document, node, path);
  return [...(quotes === undefined ? [] : [quotes]), ...locate(document, node, problems)];
}

/** `${env:X}` is filled in before the expression is read: a name as long as it keeps every other place where it is. */
function withoutHoles(text: string): string {
  const holes = findHoles(text);
  const ends = [0, ...holes.map(({ end }) => end)];
  const between = [...holes.map(({ start }) => start), text.length].map((start, index) =>
    text.slice(ends[index], start),
  );
  return between
    .map((part, index) => part + 'x'.repeat((holes[index]?.end ?? 0) - (holes[index]?.start ?? 0)))
    .join('');
}

function locate(
  document: ManifestDocument,
  node: ScalarNode,
  problems: readonly ExpressionProblem[],
): readonly Diagnostic[] {
  if (problems.length === 0) return [];
  const map = new ScalarMap(document.text, node);
  return problems.map(({ code, message, offset, length, help, replacement, severity }) => {
    const known: Code = codeEntry(code) === undefined ? 'VRS4001' : (code as Code);
    const range = document.range(map.locate(offset, length));
    const fix =
      replacement === undefined ? undefined : { title: `Write \`${replacement}\``, range, text: replacement };
    return diagnose(known, document.file, range, sentence(message), { help, severity, fix });
  });
}
