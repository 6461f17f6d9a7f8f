// The secret that links are signed with: made once per tenant, known to all its workers.
import { randomBytes } from 'node:crypto';

/** The part of a durable bucket that is needed here. */
interface KeyBucket {
  get(key: string): Promise<{ readonly value: unknown } | undefined>;
  put(key: string, value: unknown, revision?: number): Promise<boolean>;
}

const entry = 'payload-link-key';

/** Deleting the entry makes every link that is out invalid. */
export async function linkKey(bucket: KeyBucket): Promise<Uint8Array> {
  for (;;) {
    const value = (await bucket.get(entry))?.value;
    if (typeof value === 'string') return Buffer.from(value, 'base64url');
    await bucket.put(entry, randomBytes(32).toString('base64url'), 0);
  }
}
