// Turns what JetStream says about a publish into one of four codes.
import { VrskyError } from '../diagnostics/vrsky-error.ts';

/** As in JetStream's API errors. */
interface ApiError {
  readonly code?: number;
  readonly err_code?: number;
  readonly description?: string;
  readonly message?: string;
}

/** The message, or its headers. */
const tooLarge: ReadonlySet<number> = new Set([10054, 10097]);
const insufficientResources: ReadonlySet<number> = new Set([10023, 10047]);

export function publishError(subject: string, error: unknown): VrskyError {
  const { code, err_code: errCode, description, message } = (error ?? {}) as ApiError;
  const text = description ?? message ?? String(error);
  if (tooLarge.has(errCode ?? 0) || /max_payload|message size exceeds/i.test(text)) {
    return new VrskyError('VRS8103', `a message for ${subject} is larger than the server takes: ${text}`, {
      cause: error,
    });
  }
  if (/^maximum .* exceeded/i.test(text) || insufficientResources.has(errCode ?? 0)) {
    return new VrskyError('VRS8101', `the stream of ${subject} is full: ${text}`, { retryable: true });
  }
  if (code === 503) {
    return new VrskyError('VRS8104', `no stream holds ${subject}`, {
      retryable: true,
      help: 'Was the flow destroyed? `vrsky apply` creates its stream.',
    });
  }
  return new VrskyError('VRS8102', `JetStream did not store a message for ${subject}: ${text}`, {
    retryable: true,
  });
}
