// The error an evaluation ends with: the code of the JSONata language and where it happened.

export interface ErrorDetails {
  /** 0-based offset after the token at fault, as the language reports it. */
  readonly position?: number | undefined;
  readonly token?: unknown;
  readonly value?: unknown;
  /** What else the wording mentions. */
  readonly inserts?: Readonly<Record<string, unknown>> | undefined;
}

/** Thrown by evaluations. `code` is a JSONata code such as `T2001`, or `VRS4101` for an empty hole. */
export class ExpressionError extends Error {
  readonly code: string;
  position: number | undefined;
  readonly token: unknown;
  readonly value: unknown;
  readonly inserts: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
    this.position = details.position;
    this.token = details.token;
    this.value = details.value;
    this.inserts = details.inserts;
  }
}

/** Anything thrown during an evaluation as an ExpressionError; what has no code of the language becomes D3137. */
export function toExpressionError(thrown: unknown): ExpressionError {
  if (thrown instanceof ExpressionError) return thrown;
  const { code, message, position, token, value } = (thrown ?? {}) as Record<string, unknown>;
  return new ExpressionError(
    typeof code === 'string' ? code : 'D3137',
    typeof message === 'string' && message !== '' ? message : 'The expression failed',
    { position: typeof position === 'number' ? position : undefined, token, value },
  );
}
