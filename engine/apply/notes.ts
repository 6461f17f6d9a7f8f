// What another part keeps about an owner: the conditions of the reconcile loop and the like.
import { buckets } from '../compile/topology.ts';
import type { SourceNotes } from './deployment.ts';
import { openIfThere, openOrCreate } from './open-bucket.ts';
import type { ApplyPorts } from './ports.ts';

const prefix = 'note.';

export function sourceNotes(ports: ApplyPorts): SourceNotes {
  const read = () => openIfThere(buckets.history, ports);
  const write = () => openOrCreate(buckets.history, ports);
  return {
    get: async (owner) => (await read())?.get(`${prefix}${owner}`),
    put: async (owner, value, revision) => (await write()).put(`${prefix}${owner}`, value, revision),
    delete: async (owner) => (await read())?.delete(`${prefix}${owner}`),
    owners: async () =>
      ((await (await read())?.keys()) ?? [])
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length))
        .sort(),
  };
}
