// Claims a key: the first to publish under its subject has it, until the message that says so expires.
import { headers, type NatsConnection } from '@nats-io/nats-core';
import type { Cluster } from '../apply/cluster.ts';
import { seenStream } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { publishError } from './publish-error.ts';

const timeoutMs = 5_000;
const maxTries = 3;
/** The server's code for "the subject has a message already". */
const wrongSequence = 10071;

/** Resolves with the holder: `holder` itself when nobody had the key. Throws a retryable VrskyError while JetStream cannot say. */
export async function claim(
  connection: NatsConnection,
  cluster: Cluster,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<string> {
  const subject = `seen.${name}`;
  for (let tries = 0; tries < maxTries; tries++) {
    if (await published(connection, subject, holder, ttlMs)) return holder;
    const held = await cluster.nextMessage(seenStream, subject, 1);
    // Expired between the two questions: the key is free again.
    if (held !== undefined) return Buffer.from(held.data).toString();
  }
  throw new VrskyError('VRS8102', `cannot claim ${subject}: it comes and goes`, { retryable: true });
}

async function published(
  connection: NatsConnection,
  subject: string,
  holder: string,
  ttlMs: number,
): Promise<boolean> {
  const block = headers();
  block.set('Nats-Expected-Last-Subject-Sequence', '0');
  block.set('Nats-TTL', `${Math.max(1, Math.ceil(ttlMs / 1000))}s`);
  let answer: { readonly error?: { readonly err_code?: number } };
  try {
    answer = (await connection.request(subject, holder, { headers: block, timeout: timeoutMs })).json<
      typeof answer
    >();
  } catch (error) {
    throw publishError(subject, error);
  }
  if (answer.error === undefined) return true;
  if (answer.error.err_code === wrongSequence) return false;
  throw publishError(subject, answer.error);
}
