// Names what a producer delivers: a try has the name of the one before, whatever it makes of the message; no two messages or copies have the same.
import { hash } from 'node:crypto';
import type { ProducerNode } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import type { Payload } from '../payload/payload.ts';

/** The message's id, and for a producer that one message reaches over several paths what tells its copies apart. */
export function deliveryIds({ copies }: Pick<ProducerNode, 'copies'>): (message: Message) => string {
  if (copies !== true) return ({ id }) => id;
  return ({ id, payload }) => `${id}/${digestOf(payload)}`;
}

/** Nothing is loaded to be told apart: what is too large to hold is known by where it lies. */
function digestOf(payload: Payload): string {
  const { content, reference } = payload;
  if (content === undefined) return hash('sha1', payload.bytes(), 'base64url');
  return hash('sha1', reference?.key ?? '', 'base64url');
}
