// Compiled expressions, kept: tests of flows above all start the same flow again and again.
import { compileExpression } from './expression.ts';
import { kept } from './kept.ts';
import type { Compiled, Expression } from './types.ts';

/** What `compileExpression` makes of the text with the bindings of messages. */
export const keptExpression: (source: string) => Compiled<Expression> = kept((source) =>
  compileExpression(source),
);
