// vrsky validate --verbose: notes at the expressions that the package's evaluator answers because the compiler does not cover them.
import type { ExpressionChecker, ExpressionProblem } from '../../engine/flow/expression-checker.ts';

export interface Recorder {
  /** Checks as usual, and adds a note where an expression falls back. */
  readonly checker: ExpressionChecker;
  /** How many different expressions it has seen, and how many of them are compiled. */
  counts(): { readonly total: number; readonly compiled: number };
}

export async function recordExpressions(): Promise<Recorder> {
  const { jsonataChecker } = await import('../../engine/flow/jsonata-checker.ts');
  const { compileExpression } = await import('../../engine/expression/index.ts');
  const { inHole, templateParts } = await import('../../engine/expression/template-parts.ts');
  const reasons = new Map<string, string | undefined>();
  const notes = (source: string): readonly ExpressionProblem[] => {
    const { value } = compileExpression(source);
    if (value === undefined) return [];
    reasons.set(source, value.fallbackReason);
    return value.fallbackReason === undefined ? [] : [noteOf(source, value.fallbackReason)];
  };
  return {
    checker: {
      expression: (source, bindings) => [...jsonataChecker.expression(source, bindings), ...notes(source)],
      template: (source, bindings) => [
        ...jsonataChecker.template(source, bindings),
        ...templateParts(source).parts.flatMap((part) =>
          typeof part === 'string' ? [] : inHole(part, notes(part.source)),
        ),
      ],
    },
    counts() {
      const compiled = [...reasons.values()].filter((reason) => reason === undefined).length;
      return { total: reasons.size, compiled };
    },
  };
}

/** At the first line of the expression. */
function noteOf(source: string, reason: string): ExpressionProblem {
  const offset = source.length - source.trimStart().length;
  const [line = ''] = source.slice(offset).split('\n');
  return {
    ...{ code: 'VRS4021', offset, length: line.length },
    message: `the package's own evaluator answers this expression, slowly: ${reason}`,
    severity: 'info',
  };
}
