// Texts with {{ … }} holes: JSONata per hole, put together per message.
import { compileExpression } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import type {
  Bindings,
  Compiled,
  Expression,
  ExpressionProblem,
  Template,
  TemplateOptions,
} from './types.ts';

type Encode = NonNullable<TemplateOptions['encode']>;
type Part = string | { readonly hole: Expression };

const asIs: Encode = (text) => text;

export function compileTemplate(source: string, options: TemplateOptions = {}): Compiled<Template> {
  const encode = options.encode ?? asIs;
  const parts: Part[] = [];
  const problems: ExpressionProblem[] = [];
  let at = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', at)) {
    const close = source.indexOf('}}', open + 2);
    if (close < 0) {
      problems.push({
        code: 'VRS4001',
        message: 'this `{{` is never closed',
        offset: open,
        length: 2,
        help: 'Close it with `}}`.',
        severity: 'error',
      });
      break;
    }
    if (open > at) parts.push(source.slice(at, open));
    // An object constructor may end in braces of its own: `{{ {"a": {"b": 1}} }}`.
    const end = holeEnd(source, open, close);
    const compiled = compileExpression(source.slice(open + 2, end));
    problems.push(...compiled.problems.map((problem) => ({ ...problem, offset: problem.offset + open + 2 })));
    if (compiled.value !== undefined) parts.push({ hole: compiled.value });
    at = end + 2;
  }
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  if (at < source.length) parts.push(source.slice(at));
  return { value: { source, render: (input, bindings) => render(parts, encode, input, bindings) }, problems };
}

/** The expressions in the holes of a template, with their offsets in it; a hole that is never closed is left out. */
export function templateHoles(
  source: string,
): readonly { readonly source: string; readonly offset: number }[] {
  const holes = [];
  let at = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', at)) {
    const close = source.indexOf('}}', open + 2);
    if (close < 0) break;
    const end = holeEnd(source, open, close);
    holes.push({ source: source.slice(open + 2, end), offset: open + 2 });
    at = end + 2;
  }
  return holes;
}

/** The first `}}` after which what is inside parses; the first of all when none does. */
function holeEnd(source: string, open: number, first: number): number {
  for (let close = first; close >= 0; close = source.indexOf('}}', close + 1)) {
    if (compileExpression(source.slice(open + 2, close)).value !== undefined) return close;
    if (source.indexOf('{{', open + 2) >= 0 && close > source.indexOf('{{', open + 2)) break;
  }
  return first;
}

function render(
  parts: readonly Part[],
  encode: Encode,
  input: unknown,
  bindings: Bindings | undefined,
): string | Promise<string> {
  let text = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Part;
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = part.hole.evaluate(input, bindings);
    if (value instanceof Promise)
      return renderRest(text, part.hole, value, parts.slice(index + 1), encode, input, bindings);
    text += encode(holeText(part.hole, value));
  }
  return text;
}

async function renderRest(
  before: string,
  hole: Expression,
  value: Promise<unknown>,
  rest: readonly Part[],
  encode: Encode,
  input: unknown,
  bindings: Bindings | undefined,
): Promise<string> {
  return before + encode(holeText(hole, await value)) + (await render(rest, encode, input, bindings));
}

function holeText({ source }: Expression, value: unknown): string {
  if (value === undefined || value === null || value === '') {
    throw new ExpressionError(
      'VRS4101',
      `{{${source}}} came to ${value === '' ? 'an empty text' : 'nothing'}`,
    );
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
