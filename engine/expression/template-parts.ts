// Takes texts with {{ … }} holes apart, without compiling what is in the holes.
import { parseExpression } from './parse.ts';
import type { ExpressionProblem } from './types.ts';

export interface TemplateHole {
  readonly source: string;
  /** Of the expression in the text. */
  readonly offset: number;
}

export interface TemplateParts {
  readonly parts: readonly (string | TemplateHole)[];
  /** A hole that is never closed; it is no part. */
  readonly problems: readonly ExpressionProblem[];
}

export function templateParts(source: string): TemplateParts {
  const parts: (string | TemplateHole)[] = [];
  let at = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', at)) {
    const close = source.indexOf('}}', open + 2);
    if (close < 0) return { parts, problems: [unclosed(open)] };
    if (open > at) parts.push(source.slice(at, open));
    // An object constructor may end in braces of its own: `{{ {"a": {"b": 1}} }}`.
    const end = holeEnd(source, open, close);
    parts.push({ source: source.slice(open + 2, end), offset: open + 2 });
    at = end + 2;
  }
  if (at < source.length) parts.push(source.slice(at));
  return { parts, problems: [] };
}

/** What is wrong in a hole, as places in the text. */
export function inHole<Problem extends { readonly offset: number }>(
  hole: TemplateHole,
  problems: readonly Problem[],
): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, offset: problem.offset + hole.offset }));
}

function unclosed(offset: number): ExpressionProblem {
  const message = 'this `{{` is never closed';
  return { code: 'VRS4001', message, offset, length: 2, help: 'Close it with `}}`.', severity: 'error' };
}

/** The first `}}` after which what is inside parses; the first of all when none does. */
function holeEnd(source: string, open: number, first: number): number {
  const next = source.indexOf('}}', first + 2);
  // Most holes can end in one place only.
  if (next < 0) return first;
  for (let close = first; close >= 0; close = source.indexOf('}}', close + 1)) {
    if (parseExpression(source.slice(open + 2, close)).ast !== undefined) return close;
    if (source.indexOf('{{', open + 2) >= 0 && close > source.indexOf('{{', open + 2)) break;
  }
  return first;
}
