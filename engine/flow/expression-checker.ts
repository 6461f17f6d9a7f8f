// The port through which expressions are checked, and the checker of this project behind it.

/** A mistake in an expression or template. Offsets are in UTF-16 units of its text. */
export interface ExpressionProblem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  readonly help?: string | undefined;
  /** What was probably meant, to be written in the place of the mistake. */
  readonly replacement?: string | undefined;
  readonly severity?: 'error' | 'warning' | 'info' | undefined;
}

export interface ExpressionChecker {
  /** `bindings` are the names that `$name` may mean besides those the expression defines itself. */
  expression(source: string, bindings: readonly string[]): readonly ExpressionProblem[];
  /** A text with `{{ … }}` holes. */
  template(source: string, bindings: readonly string[]): readonly ExpressionProblem[];
}

/** What `$name` means in every expression of a flow: see `expressionBindings` of engine/payload. */
export const MESSAGE_BINDINGS: readonly string[] = ['headers', 'key', 'id', 'flow', 'accepted', 'attempt'];
