// The error thrown when something goes wrong in operation (what a person wrote wrong is a Diagnostic instead).

/** Options of a {@link VrskyError}. */
export interface VrskyErrorOptions {
  /** Whether trying again later, unchanged, may succeed. */
  readonly retryable?: boolean;
  /** What to do about it, one sentence. */
  readonly help?: string;
  readonly cause?: unknown;
}

/** An operational failure. `code` is a registered `VRSnnnn` code with a page in docs/errors. */
export class VrskyError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly help: string | undefined;

  constructor(code: string, message: string, options: VrskyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VrskyError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.help = options.help;
  }
}
