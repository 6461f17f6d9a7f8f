// What of a running flow cannot run, although the flow was started: consumers and producers by name, each with its reason.
import { PermanentError } from '../connector/errors.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';

export class FlowFailures {
  readonly #reasons = new Map<string, string>();

  /** Counts what no waiting mends; a peer that is away is no failure of the flow. */
  failed(node: string, error: unknown): void {
    if (isLasting(error)) this.#reasons.set(node, (error as Error).message);
  }

  works(node: string): void {
    this.#reasons.delete(node);
  }

  has(node: string): boolean {
    return this.#reasons.has(node);
  }

  /** Undefined when there are none. */
  get reason(): string | undefined {
    if (this.#reasons.size === 0) return undefined;
    return [...this.#reasons].map(([node, reason]) => `${node}: ${reason}`).join('; ');
  }
}

function isLasting(error: unknown): boolean {
  return error instanceof PermanentError || (error instanceof VrskyError && !error.retryable);
}
