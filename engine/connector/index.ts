// The connector SDK: everything a connector may import from the engine.

export type { PayloadContent } from '../payload/content.ts';
export type { Message } from '../payload/message.ts';
export { Payload } from '../payload/payload.ts';
export * from './contract.ts';
export { DeliveryQueue } from './delivery-queue.ts';
export * from './errors.ts';
export { type LogText, logText } from './log-text.ts';
export { identityOf } from './server-identity.ts';
export { durationSetting, integerSetting, sizeSetting } from './settings.ts';
