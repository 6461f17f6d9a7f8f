// Evaluates the text that `$eval` is given, among the variables of where it is called.
import { ExpressionError, toExpressionError } from '../../expression-error.ts';
import { parseExpression } from '../../parse.ts';
import type { AstNode } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { guarded } from '../regex.ts';
import { charge, reserve } from '../run.ts';
import { DYNAMIC_SLOT, type DynamicNames } from '../scope.ts';
import { sequenceOf } from '../sequence.ts';
import { compileNode } from './node.ts';

/** Parsing more than this may take longer than there is time. */
const LONG = 2048;

/** Of parsing and compiling, in the units of `charge`, beside one for each character. */
const COST = 256;
/** As quick as the parser gets: over comments. */
const MS_PER_CHARACTER = 1e-5;

export function evaluateText(source: string, input: unknown, isGiven: boolean, frame: Frame): unknown {
  charge(COST + source.length);
  if (source.length > LONG) reserve(source.length * MS_PER_CHARACTER);
  const { ast, problems } =
    source.length > LONG ? guarded(() => parseExpression(source)) : parseExpression(source);
  if (ast === undefined) throw fault('D3120', { value: problems[0]?.message });
  const focus = isGiven && Array.isArray(input) ? wrap(input) : input;
  try {
    const { scope } = frame[DYNAMIC_SLOT] as DynamicNames;
    return compileNode(ast as AstNode, scope)(focus, frame);
  } catch (error) {
    // Limits end the whole evaluation.
    if (error instanceof RangeError) throw error;
    const { code, message } = toExpressionError(error);
    if (error instanceof ExpressionError && ['D1011', 'D1012', 'D2015', 'D2016'].includes(code)) throw error;
    throw fault('D3121', { value: message });
  }
}

function wrap(input: unknown[]): unknown {
  if ((input as { sequence?: boolean }).sequence === true) return input;
  const wrapped = sequenceOf(input);
  wrapped.outerWrapper = true;
  return wrapped;
}
