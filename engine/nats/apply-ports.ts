// What applying needs, on one NATS connection.
import type { ApplyPorts } from '../apply/ports.ts';
import { askWorkers } from '../runtime/ask-workers.ts';
import type { Connected } from './connect.ts';

export function applyPorts({ broker, cluster }: Pick<Connected, 'broker' | 'cluster'>): ApplyPorts {
  return {
    cluster,
    openBucket: (name) => broker.bucket(name),
    lease: (name, ttlMs, signal) => broker.lease(name, ttlMs, signal),
    askWorkers: (flows, waitMs, isEnough) => askWorkers(broker, flows, waitMs, isEnough),
  };
}
