// Who was first with a key: the memory behind `dedupe` and `idempotency`, shared by all workers, across restarts of servers.
import { createHash } from 'node:crypto';
import type { Broker } from './ports.ts';

/** Resolves with the id of the message that has the key: ours when nobody had it within the window. */
export type Claim = (key: string, holder: string, windowMs: number) => Promise<string>;

/** Claims of one node of a flow. Keys are arbitrary text of any length: their hash is what is kept. */
export function claimsOf(broker: Broker, flow: string, node: string): Claim {
  return (key, holder, windowMs) => {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return broker.claim(`${flow}.${node}.${hash}`, holder, windowMs);
  };
}
