// A dead letter as tests look at it.

import type { Message } from '../../payload/message.ts';
import { deadHeader } from '../../runtime/dead-letter.ts';
import { decodeMessage } from '../../runtime/envelope.ts';
import type { StoredDeadLetter } from './memory-broker.ts';

export interface BuriedMessage {
  readonly node: string;
  readonly code: string;
  /** `permanent`, `attempts` or `deadline`. */
  readonly because: string;
  readonly attempts: number;
  /** The outermost first. */
  readonly causes: readonly string[];
  /** As it was stored for the stage that gave it up. */
  readonly message: Message;
}

export function buriedMessage({ subject, data, headers }: StoredDeadLetter, flow: string): BuriedMessage {
  const byName = new Map(headers);
  const text = (name: string) => byName.get(name) ?? '';
  const inbound = {
    ...{ subject, data, streamSequence: 0, pending: 0, deliveries: 1, storedAtMs: 0 },
    header: (name: string) => byName.get(name),
    eachHeader: (visit: (name: string, value: string) => void) => {
      for (const [name, value] of headers) visit(name, value);
    },
    ack: () => undefined,
    nak: () => undefined,
    forget: () => undefined,
  };
  return {
    node: text(deadHeader.node),
    code: text(deadHeader.code),
    because: text(deadHeader.because),
    attempts: Number(text(deadHeader.attempts)),
    causes: JSON.parse(decodeURIComponent(text(deadHeader.causes))) as readonly string[],
    message: decodeMessage(inbound, flow),
  };
}
