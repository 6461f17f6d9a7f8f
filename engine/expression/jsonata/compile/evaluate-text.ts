// Evaluates the text that `$eval` is given, among the variables of where it is called.
import { ExpressionError, toExpressionError } from '../../expression-error.ts';
import { parseExpression } from '../../parse.ts';
import type { AstNode } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { guarded } from '../regex.ts';
import { charge, reserve } from '../run.ts';
import { DYNAMIC_SLOT, type DynamicNames, type Scope } from '../scope.ts';
import { sequenceOf } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';

/** Parsing more than this may take longer than there is time. */
const LONG = 2048;

/** Of parsing and compiling, in the units of `charge`, beside one for each character. */
const COST = 256;
/** As quick as the parser gets: over comments. */
const MS_PER_CHARACTER = 1e-5;

export function evaluateText(source: string, input: unknown, isGiven: boolean, frame: Frame): unknown {
  charge(COST + source.length);
  const { scope } = frame[DYNAMIC_SLOT] as DynamicNames;
  const evaluate = source.length > LONG ? compileLong(source, scope) : compileText(source, scope);
  const focus = isGiven && Array.isArray(input) ? wrap(input) : input;
  try {
    return evaluate(focus, frame);
  } catch (error) {
    throw ofText(error);
  }
}

function compileLong(source: string, scope: Scope): Evaluator {
  reserve(source.length * MS_PER_CHARACTER);
  return guarded(() => compileText(source, scope));
}

function compileText(source: string, scope: Scope): Evaluator {
  const { ast, problems } = parseExpression(source);
  if (ast === undefined) throw fault('D3120', { value: problems[0]?.message });
  try {
    return compileNode(ast as AstNode, scope);
  } catch (error) {
    throw ofText(error);
  }
}

/** What a failure inside the text is to the expression around it. Limits end the whole evaluation. */
function ofText(error: unknown): unknown {
  if (error instanceof RangeError) return error;
  const { code, message } = toExpressionError(error);
  if (error instanceof ExpressionError && LIMITS.has(code)) return error;
  return fault('D3121', { value: message });
}

const LIMITS: ReadonlySet<string> = new Set(['D1011', 'D1012', 'D2015', 'D2016']);

function wrap(input: unknown[]): unknown {
  if ((input as { sequence?: boolean }).sequence === true) return input;
  const wrapped = sequenceOf(input);
  wrapped.outerWrapper = true;
  return wrapped;
}
