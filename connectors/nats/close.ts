// Closes a connection after what was sent has left, without waiting for a server that does not answer.
import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';

const flushMs = 1_000;

export async function closeConnection(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  const late = new AbortController();
  const flushed = connection.flush().catch(() => undefined);
  await Promise.race([flushed, delay(flushMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  await connection.close();
}
