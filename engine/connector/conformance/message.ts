// Messages for tests of producers.
import type { Message } from '../../payload/message.ts';
import { Payload } from '../../payload/payload.ts';

let count = 0;

/** A message with a text as payload. */
export function testMessage(text: string, rest: Partial<Message> = {}): Message {
  return {
    id: `test-message-${++count}`,
    payload: Payload.ofBytes(Buffer.from(text), 'text/plain'),
    headers: {},
    key: undefined,
    acceptedAt: 1_764_000_000_000,
    flow: 'test-flow',
    attempt: 1,
    ...rest,
  };
}

/** A message with a JSON payload. */
export function testJsonMessage(value: unknown, rest: Partial<Message> = {}): Message {
  return testMessage('', { payload: Payload.ofValue(value), ...rest });
}
