// vrsky validate --verbose: names the expressions that the package's evaluator answers because the compiler does not cover them.
import type { ExpressionChecker } from '../../engine/flow/expression-checker.ts';

export interface Recorder {
  /** Checks as usual and remembers what it checked. */
  readonly checker: ExpressionChecker;
  /** One line for each expression that falls back, with the reason; and how many there are altogether. */
  report(): Promise<{ readonly lines: readonly string[]; readonly total: number }>;
}

export async function recordExpressions(): Promise<Recorder> {
  const { jsonataChecker } = await import('../../engine/flow/jsonata-checker.ts');
  const { compileExpression } = await import('../../engine/expression/index.ts');
  const { templateParts } = await import('../../engine/expression/template-parts.ts');
  const sources = new Set<string>();
  return {
    checker: {
      expression: (source, bindings) => {
        sources.add(source);
        return jsonataChecker.expression(source, bindings);
      },
      template: (source, bindings) => {
        for (const part of templateParts(source).parts)
          if (typeof part !== 'string') sources.add(part.source);
        return jsonataChecker.template(source, bindings);
      },
    },
    async report() {
      const lines = [...sources].flatMap((source) => {
        const { value } = compileExpression(source);
        return value === undefined || value.compiled
          ? []
          : [`falls back to the package's evaluator: ${oneLine(source)}: ${value.fallbackReason}`];
      });
      return { lines, total: sources.size };
    },
  };
}

const LONGEST = 100;

function oneLine(source: string): string {
  const text = source.trim().replaceAll(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
