// One message (or one group of messages) on its way through a stage.
import type { Message } from '../payload/message.ts';
import type { Member } from './aggregate/grouping.ts';
import type { Holding } from './delivery-memory.ts';

export interface Turn extends Holding {
  message: Message;
  /** What was put together, when it is a group; `inbound` is then that of the first. */
  readonly members?: readonly Member[];
  /** Called once, when the message is settled or given back. */
  done: () => void;
}

/** Every stored message that ends with this turn. */
export function holdingsOf(turn: Turn): readonly Member[] {
  return turn.members ?? [turn];
}
