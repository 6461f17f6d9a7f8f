// Why a stage could not finish a message: the node, the cause, and whether trying again may help.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { StepError } from '../steps/contract.ts';

/** Thrown inside a stage run, never past the settlement. */
export class StageFailure extends Error {
  readonly node: string;
  readonly code: string;
  readonly retryable: boolean;
  /** What the other side asked to wait, in milliseconds. */
  readonly afterMs: number | undefined;
  /** The platform itself is short of something (a full stream, a lost server): retried until the deadline, attempts do not count. */
  readonly platform: boolean;

  constructor(
    node: string,
    cause: unknown,
    retryable: boolean,
    details: {
      readonly code?: string;
      readonly afterMs?: number | undefined;
      readonly platform?: boolean;
    } = {},
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'StageFailure';
    this.node = node;
    this.code = details.code ?? 'VRS9001';
    this.retryable = retryable;
    this.afterMs = details.afterMs;
    this.platform = details.platform ?? false;
  }

  /** Wraps whatever a step or the publisher threw. A failure already wrapped keeps its innermost node. */
  static of(node: string, error: unknown): StageFailure {
    if (error instanceof StageFailure) return error;
    if (error instanceof StepError)
      return new StageFailure(node, error, error.retryable, { code: error.code });
    if (error instanceof VrskyError) {
      return new StageFailure(node, error, error.retryable, { code: error.code, platform: error.retryable });
    }
    return new StageFailure(node, error, false, { code: errorCode(error) });
  }
}

/** Expression and format errors carry a code of their own; anything else is our bug until shown otherwise. */
function errorCode(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'VRS9001';
}
