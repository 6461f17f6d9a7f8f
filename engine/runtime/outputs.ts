// What running a stage over one message produced, gathered while the steps run.
import type { StageAddress } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import type { Payload } from '../payload/payload.ts';

export type StageTarget = StageAddress;

/** Where a stage's steps put their results. `publish` answers a promise only when the publisher's window is full. */
export interface Outputs {
  publish(target: StageTarget, message: Message): void | Promise<void>;
  deliver(producer: string, message: Message): void;
  filter(node: string, reason: string): void;
  /** Reads a streamed payload into memory for a step that needs the whole. Without it streams cannot be loaded. */
  load?(payload: Payload): Promise<void>;
}
