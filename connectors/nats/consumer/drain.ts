// Ends a subscription after the last message that is on its way.
import { setTimeout as delay } from 'node:timers/promises';
import type { Subscription } from '@nats-io/nats-core';

const drainMs = 2_000;

/** Resolves when the last message has come; without a server there is no end to wait for. */
export async function drain(subscription: Subscription): Promise<void> {
  const late = new AbortController();
  const patience = delay(drainMs, undefined, { signal: late.signal }).catch(() => undefined);
  await Promise.race([subscription.drain().catch(() => undefined), patience]);
  late.abort();
}
