// Parses JSONata with the package's own parser; mistakes come back as data, several at once.
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
  try {
    return { ast: jsonata(source).ast() as unknown as AstNode, problems: [] };
  } catch (error) {
    return { problems: syntaxProblems(source, error as JsonataError) };
  }
}

/** The recovering parser finds more than the first; it stumbles over some texts itself, and then the first is all there is. */
function syntaxProblems(source: string, first: JsonataError): readonly ExpressionProblem[] {
  try {
    const errors = (
      jsonata(source, { recover: true } as never) as unknown as { errors(): unknown }
    ).errors() as readonly JsonataError[];
    // What the plain parser says of the first one is put better.
    const problems = (errors ?? []).map((error) =>
      syntaxProblem(source, error.code === first.code && error.position === first.position ? first : error),
    );
    const unique = new Map(problems.map((problem) => [`${problem.offset} ${problem.message}`, problem]));
    if (unique.size > 0) return [...unique.values()].sort((a, b) => a.offset - b.offset);
  } catch {
    // Fall through to the first error.
  }
  return [syntaxProblem(source, first)];
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
    // Errors found while recovering carry a code and no words.
    message: error.message ?? `this is not JSONata (${error.code ?? 'syntax error'})`,
    offset,
    length: Math.max(1, end - offset),
    severity: 'error',
  };
}
