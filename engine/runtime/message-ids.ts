// Ids for accepted messages: unique across processes, ordered within one, cheap.
import { randomBytes } from 'node:crypto';

/** Makes ids of a random prefix (72 bits per process) and a counter. */
export function messageIds(prefix = randomBytes(9).toString('base64url')): () => string {
  let count = 0;
  return () => `${prefix}${(count++).toString(36)}`;
}
