// The public shapes of the expression engine: problems, limits, compiled expressions and templates.

/** A mistake in an expression or template. Offsets are in UTF-16 units of its text, 0-based. */
export interface ExpressionProblem {
  /** VRS4001 syntax · VRS4002 unknown function · VRS4003 unknown variable · VRS4004 number of arguments · VRS4005 regular expression. */
  readonly code: 'VRS4001' | 'VRS4002' | 'VRS4003' | 'VRS4004' | 'VRS4005';
  /** The code of the JSONata language, such as `S0201`. */
  readonly jsonataCode?: string;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  readonly help?: string;
  /** What was probably meant, to be written in the place of the problem. */
  readonly replacement?: string;
  readonly severity: 'error' | 'warning';
}

/** What one evaluation may use up. */
export interface EvaluationLimits {
  /** Milliseconds, of the processor when the machine is busy otherwise; beyond it `D1012`. */
  readonly timeoutMs: number;
  /** Evaluations inside one another where a function is called, counted as the package counts its `stack`; beyond it `D1011`. */
  readonly depth: number;
  /** Items of one sequence or range; beyond it `D2015`. */
  readonly sequence: number;
  /** Length of the result as JSON, and of any string on the way; beyond it `D2016`. */
  readonly outputBytes: number;
}

export type Bindings = Readonly<Record<string, unknown>>;

export interface Expression {
  readonly source: string;
  /** False when the package's own evaluator answers. */
  readonly compiled: boolean;
  readonly fallbackReason?: string;
  /**
   * The answer as plain data, or `undefined` for "nothing". Synchronous when compiled.
   * The input is never changed. Throws (or rejects with) {@link ExpressionError}.
   */
  evaluate(
    input: unknown,
    bindings?: Bindings,
    limits?: Partial<EvaluationLimits>,
  ): unknown | Promise<unknown>;
}

export interface CompileOptions {
  /** Names that `$name` may mean besides those the expression defines itself. */
  readonly bindings?: readonly string[];
}

export interface Compiled<Value> {
  /** Absent when a problem is an error. */
  readonly value?: Value;
  readonly problems: readonly ExpressionProblem[];
}

export interface TemplateOptions extends CompileOptions {
  /** What every hole's text goes through, such as `encodeURIComponent`. */
  readonly encode?: (text: string) => string;
}

/** A text with `{{ expression }}` holes. */
export interface Template {
  readonly source: string;
  /** What it always comes to; absent when it has holes. */
  readonly fixed?: string;
  /** Throws (or rejects with) {@link ExpressionError} `VRS4101` when a hole is empty. */
  render(input: unknown, bindings?: Bindings, limits?: Partial<EvaluationLimits>): string | Promise<string>;
}

/** Rules of a filter or route as one condition. */
export interface Rules {
  evaluate(input: unknown, bindings?: Bindings): boolean;
}

/** The variables of every expression in a flow. */
export const MESSAGE_BINDINGS: readonly string[] = ['headers', 'key', 'id', 'flow', 'accepted', 'attempt'];

export const DEFAULT_LIMITS: EvaluationLimits = {
  timeoutMs: 100,
  depth: 2000,
  sequence: 10_000_000,
  outputBytes: 64 * 1024 * 1024,
};
