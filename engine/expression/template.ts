// Texts with {{ … }} holes: JSONata per hole, put together per message.
import { ExpressionError } from './expression-error.ts';
import { kept } from './kept.ts';
import { keptExpression } from './kept-expression.ts';
import { inHole, templateParts } from './template-parts.ts';
import type {
  Bindings,
  Compiled,
  EvaluationLimits,
  Expression,
  ExpressionProblem,
  Template,
  TemplateOptions,
} from './types.ts';

type Encode = NonNullable<TemplateOptions['encode']>;
type Part = string | { readonly hole: Expression };

const asIs: Encode = (text) => text;
const partsOf = kept(templateParts);

export function compileTemplate(source: string, options: TemplateOptions = {}): Compiled<Template> {
  const encode = options.encode ?? asIs;
  const { parts: found, problems: unclosed } = partsOf(source);
  const problems: ExpressionProblem[] = [...unclosed];
  const parts: Part[] = [];
  for (const part of found) {
    if (typeof part === 'string') {
      parts.push(part);
      continue;
    }
    const compiled = keptExpression(part.source);
    problems.push(...inHole(part, compiled.problems));
    if (compiled.value !== undefined) parts.push({ hole: compiled.value });
  }
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  const isFixed = parts.every((part) => typeof part === 'string');
  return {
    value: {
      source,
      ...(isFixed ? { fixed: parts.join('') } : {}),
      render: (input, bindings, limits) => render(parts, { encode, input, bindings, limits }),
    },
    problems,
  };
}

interface Rendering {
  readonly encode: Encode;
  readonly input: unknown;
  readonly bindings: Bindings | undefined;
  /** Of each hole. */
  readonly limits: Partial<EvaluationLimits> | undefined;
}

function render(parts: readonly Part[], rendering: Rendering): string | Promise<string> {
  const { encode, input, bindings, limits } = rendering;
  let text = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Part;
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = part.hole.evaluate(input, bindings, limits);
    if (value instanceof Promise)
      return renderRest(text, part.hole, value, parts.slice(index + 1), rendering);
    text += encode(holeText(part.hole, value));
  }
  return text;
}

async function renderRest(
  before: string,
  hole: Expression,
  value: Promise<unknown>,
  rest: readonly Part[],
  rendering: Rendering,
): Promise<string> {
  const text = rendering.encode(holeText(hole, await value));
  return before + text + (await render(rest, rendering));
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
