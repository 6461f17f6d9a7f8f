// What a step is to the runtime: configuration in, a function over messages out.
import type { JsonObject } from '../flow/graph.ts';
import type { Message } from '../payload/message.ts';

/** What a step makes of one message. */
export type StepResult =
  | { readonly kind: 'pass'; readonly message: Message }
  /** Filtered on purpose; `reason` is for people (trace, send, play). */
  | { readonly kind: 'drop'; readonly reason: string }
  /** Goes to these named targets only (route). */
  | { readonly kind: 'route'; readonly message: Message; readonly to: readonly string[] }
  /** Becomes these messages, each stored on its own (split). Pulled lazily: never all in memory. */
  | { readonly kind: 'split'; readonly messages: Iterable<Message> | AsyncIterable<Message> };

/** Synchronous wherever the step can be: a promise per message is a cost. Throws StepError. */
export type StepRun = (message: Message) => StepResult | Promise<StepResult>;

/** What the runtime lends to a step. */
export interface StepContext {
  readonly flow: string;
  /** The name of the step. */
  readonly step: string;
  /** Resolves with the id of the message that has the key: `holder` when nobody had it within the window. */
  claim(key: string, holder: string, windowMs: number): Promise<string>;
  /** Opens a lookup, named by its connector's `type`; it lives as long as the flow runs. */
  lookup(config: JsonObject): StepLookup;
}

/** A connector that answers questions about messages. Both throw StepError. */
export interface StepLookup {
  /** What the answer depends on. */
  key(message: Message): string | Promise<string>;
  /** Undefined when there is nothing. */
  find(message: Message): Promise<unknown>;
}

/**
 * One step type. `C` is its configuration as its schema describes it. `compile` is called once per stage start with a
 * configuration that validated; it throws VrskyError when the configuration cannot work on this machine.
 */
export interface StepType<C> {
  readonly type: string;
  compile(config: C, context: StepContext): StepRun;
}

/** A step type whose answer depends on its configuration and the message alone. */
export interface PureStepType<C> {
  readonly type: string;
  compile(config: C): StepRun;
}

/** A step failed on this message. Permanent unless said otherwise: the same input gives the same failure. */
export class StepError extends Error {
  /** A registered `VRS8nnn` (or 4nnn for expressions) code. */
  readonly code: string;
  readonly retryable: boolean;
  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'StepError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
