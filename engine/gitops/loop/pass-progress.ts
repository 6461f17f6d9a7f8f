// A pass under way: which stage it is in, what it came to so far, what is to be remembered, and how it ends.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { Notes } from './notes.ts';
import type { Pass, Problem, Stage } from './pass.ts';

/** Ends the pass where it is. */
class Stop extends Error {}

export class PassProgress {
  pass: Pass = { outcome: 'requeue', corrected: [], givenUp: [] };
  notes: Notes;
  #stage: Stage = 'fetch';

  constructor(notes: Notes) {
    this.notes = notes;
  }

  enter(stage: Stage): void {
    this.#stage = stage;
  }

  found(findings: Partial<Pass>): void {
    this.pass = { ...this.pass, ...findings };
  }

  remember(notes: Partial<Notes>): void {
    this.notes = { ...this.notes, ...notes };
  }

  end(outcome: Pass['outcome'], code: string, message: string, help?: string): never {
    this.#record(outcome, code, message, help);
    throw new Stop();
  }

  /** An error of ours says itself whether it may pass; any other is our own bug and may pass as well. */
  fail(error: unknown): void {
    if (error instanceof Stop) return;
    const { message } = error as Error;
    const known =
      error instanceof VrskyError ? error : new VrskyError('VRS9001', message, { retryable: true });
    this.#record(known.retryable ? 'retry' : 'terminal', known.code, messageOf(known), known.help);
  }

  #record(outcome: Pass['outcome'], code: string, message: string, help?: string): void {
    const problem: Problem = { stage: this.#stage, code, message, ...(help === undefined ? {} : { help }) };
    this.found({ outcome, problem });
  }
}

function messageOf(error: VrskyError): string {
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message} (${error.cause.message})`
    : error.message;
}
