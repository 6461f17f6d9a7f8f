// A message on its way through a flow: payload, headers, and what identifies it.
import type { Payload } from './payload.ts';

/** Header names are lower case. `vrsky-*` and `nats-*` are the platform's own and never come from outside. */
export type Headers = Readonly<Record<string, string>>;

/** Immutable: a step that changes something returns a new message (see {@link withPayload}, {@link withHeaders}). */
export interface Message {
  /** Unique per accepted message; children of a split carry `<parent>.<index>`, copies that may meet again `<original>.<target>`. */
  readonly id: string;
  readonly payload: Payload;
  readonly headers: Headers;
  /** The author's or source's key, when there is one. */
  readonly key: string | undefined;
  /** In ordered flows: messages with the same stay in order. Children of a split have their parent's. */
  readonly orderKey?: string | undefined;
  /** Milliseconds since the epoch at which the source got its acknowledgement. */
  readonly acceptedAt: number;
  readonly flow: string;
  /** 1 for the first try of this stage. */
  readonly attempt: number;
}

export function withPayload(message: Message, payload: Payload): Message {
  return { ...message, payload };
}

export function withHeaders(message: Message, headers: Headers): Message {
  return { ...message, headers };
}

/** The copy of a message that goes to one of several targets, told from the others by its id. */
export function copyFor(target: string, message: Message): Message {
  return { ...message, id: `${message.id}.${target}` };
}

/** The id of the accepted message that this one was made of. */
export function acceptedId({ id }: Message): string {
  const end = id.indexOf('.');
  return end < 0 ? id : id.slice(0, end);
}

/** What `$name` means in every expression and template of a flow. */
export function expressionBindings(message: Message): Readonly<Record<string, unknown>> {
  return {
    headers: message.headers,
    key: message.key,
    id: message.id,
    flow: message.flow,
    // Made only for expressions that ask: formatting a date costs as much as a small expression.
    get accepted() {
      return new Date(message.acceptedAt).toISOString();
    },
    attempt: message.attempt,
  };
}
