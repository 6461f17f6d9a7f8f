// The three shapes in which a connector may fail.

interface FailureOptions {
  readonly cause?: unknown;
}

/** May succeed later, unchanged. `afterMs`: what the other side asked us to wait. */
export class RetryableError extends Error {
  readonly afterMs: number | undefined;
  constructor(message: string, options: FailureOptions & { readonly afterMs?: number } = {}) {
    super(message, options);
    this.name = 'RetryableError';
    this.afterMs = options.afterMs;
  }
}

/** The other side cannot be reached, or closed the connection: reconnect, then retry. */
export class NotConnectedError extends Error {
  constructor(message: string, options: FailureOptions = {}) {
    super(message, options);
    this.name = 'NotConnectedError';
  }
}

/** Will fail again however often it is tried: bad credentials, refused content. */
export class PermanentError extends Error {
  constructor(message: string, options: FailureOptions = {}) {
    super(message, options);
    this.name = 'PermanentError';
  }
}
