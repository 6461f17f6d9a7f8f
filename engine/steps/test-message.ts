// Messages and results for the tests of steps.
import assert from 'node:assert/strict';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { StepResult, StepRun } from './contract.ts';

/** A message with this value as its JSON payload. */
export function messageOf(value: unknown, more: Partial<Message> = {}): Message {
  return messageWith(Payload.ofValue(value), more);
}

export function messageWith(payload: Payload, more: Partial<Message> = {}): Message {
  const rest = { id: 'm1', headers: {}, key: undefined, acceptedAt: 0, flow: 'orders', attempt: 1 };
  return { ...rest, payload, ...more };
}

/** The message that the step lets pass. */
export async function passed(run: StepRun, message: Message): Promise<Message> {
  const result = await run(message);
  assert.equal(result.kind, 'pass', JSON.stringify(result));
  return (result as StepResult & { readonly kind: 'pass' }).message;
}

/** The reason for which the step drops the message. */
export async function dropped(run: StepRun, message: Message): Promise<string> {
  const result = await run(message);
  assert.equal(result.kind, 'drop', JSON.stringify(result));
  return (result as StepResult & { readonly kind: 'drop' }).reason;
}

/** The names that the step sends the message to. */
export async function routed(run: StepRun, message: Message): Promise<readonly string[]> {
  const result = await run(message);
  assert.equal(result.kind, 'route', JSON.stringify(result));
  return (result as StepResult & { readonly kind: 'route' }).to;
}
