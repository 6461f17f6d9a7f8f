// A message on its way through a flow: payload, headers, and what identifies it.
import { hash } from 'node:crypto';
import type { Payload } from './payload.ts';

/** Header names are lower case. `vrsky-*` and `nats-*` are the platform's own and never come from outside. */
export type Headers = Readonly<Record<string, string>>;

/** Immutable: a step that changes something returns a new message (see {@link withPayload}, {@link withHeaders}). */
export interface Message {
  /**
   * Unique per accepted message. Parts of a split have `<parent>.<index>`; copies that may meet again `<original>~<target>`, groups
   * `<first member>~<digest>`.
   */
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

/** Of marks in one id; some services take no keys over 255 characters. */
const longestMarks = 64;

/**
 * The id of a message that has to be told from others with the same {@link originalId}. A mark has letters, digits, `-` and `_`; together
 * they stay short, as a digest (SHA-1) when they would not.
 */
export function markedId(id: string, mark: string): string {
  const marked = `${id}~${mark}`;
  const original = originalId(id);
  if (marked.length - original.length <= longestMarks) return marked;
  return `${original}~${hash('sha1', marked, 'base64url')}`;
}

/** The id without marks: copies of a message have the same, and keep it however the ways that they take change. */
export function originalId(id: string): string {
  return id.includes('~') ? id.replaceAll(/~[\w-]*/g, '') : id;
}

/** The id of the accepted message that one with this id was made of. Those have neither `.` nor `~`. */
export function acceptedId(id: string): string {
  return id.replace(/[.~].*$/s, '');
}

/** What `$name` means in every expression and template of a flow. */
export function expressionBindings(message: Message): Readonly<Record<string, unknown>> {
  return {
    headers: message.headers,
    key: message.key,
    // Marks come and go with changes of the flow; they are for receivers that drop repetitions.
    get id() {
      return originalId(message.id);
    },
    flow: message.flow,
    // Made only for expressions that ask: formatting a date costs as much as a small expression.
    get accepted() {
      return new Date(message.acceptedAt).toISOString();
    },
    attempt: message.attempt,
  };
}
