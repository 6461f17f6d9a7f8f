// Names deliveries: a try has the name of the one before, whatever it makes of the message, and no other delivery has it.
import { hash } from 'node:crypto';
import type { ProducerNode } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';

/**
 * A source may give an id again to what it sends later: when the message was accepted tells the two apart. Copies that reach the producer
 * over several paths are told apart by their content.
 */
export function deliveryIds(
  flow: string,
  { name, copies }: Pick<ProducerNode, 'name' | 'copies'>,
): (message: Message) => string {
  const place = `${flow}/${name}/`;
  // Of the many that are accepted in the same moment.
  let last = { acceptedAt: 0, text: '' };
  const idOf = ({ id, acceptedAt }: Message) => {
    if (acceptedAt !== last.acceptedAt) last = { acceptedAt, text: acceptedAt.toString(36) };
    return `${place}${encodeURIComponent(id)}/${last.text}`;
  };
  if (copies !== true) return idOf;
  return (message) => `${idOf(message)}/${hash('sha1', message.payload.bytes(), 'base64url')}`;
}
