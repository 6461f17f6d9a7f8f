// What goes to one of several targets.
import type { CopyTarget } from '../compile/program.ts';
import { type Message, markedId } from '../payload/message.ts';

/** A copy told from the others by its id, where the compiler says that they may meet again; else the message itself. */
export function messageFor(name: string, { copy }: CopyTarget, message: Message): Message {
  return copy === undefined ? message : { ...message, id: markedId(message.id, name) };
}
