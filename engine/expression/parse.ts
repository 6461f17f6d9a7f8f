// Parses JSONata with the package's own parser. A mistake comes back as data: the first, for the parser stumbles over others because of it.
import jsonata from 'jsonata';
import type { ExpressionProblem } from './types.ts';

/** A node of the package's AST. Which members it has depends on `type`. */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly [member: string]: unknown;
}

export interface Parsed {
  readonly ast?: AstNode;
  readonly problems: readonly ExpressionProblem[];
}

interface JsonataError {
  readonly code?: string;
  readonly message?: string;
  readonly position?: number;
  readonly token?: unknown;
}

/** The AST, or what is wrong with the text. */
export function parseExpression(source: string): Parsed {
  const { stackTraceLimit } = Error;
  // The parser takes down the stack of each mistake, which costs more than finding it.
  Error.stackTraceLimit = 0;
  try {
    return { ast: jsonata(source).ast() as unknown as AstNode, problems: [] };
  } catch (error) {
    return { problems: [syntaxProblem(source, error as JsonataError)] };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The package's position is the offset after the token. */
function syntaxProblem(source: string, error: JsonataError): ExpressionProblem {
  const token = typeof error.token === 'string' && error.token !== '(end)' ? error.token : '';
  const end = Math.min(error.position ?? source.length, source.length);
  const offset = Math.max(0, end - token.length);
  const jsonataCode = error.code;
  return {
    code: 'VRS4001',
    ...(jsonataCode === undefined ? {} : { jsonataCode }),
    message: error.message ?? `this is not JSONata (${error.code ?? 'syntax error'})`,
    offset,
    length: Math.max(1, end - offset),
    severity: 'error',
  };
}
