// The connector SDK: everything a connector may import from the engine.

export type { Message } from '../payload/message.ts';
export { Payload } from '../payload/payload.ts';
export * from './contract.ts';
export * from './errors.ts';
