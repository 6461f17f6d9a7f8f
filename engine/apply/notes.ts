// What another part keeps about an owner: the conditions of the reconcile loop and the like.
import { buckets } from '../compile/topology.ts';
import type { SourceNotes } from './deployment.ts';
import type { ApplyPorts } from './ports.ts';
import { openOrCreate } from './suspensions.ts';

const prefix = 'note.';

export function sourceNotes(ports: ApplyPorts): SourceNotes {
  const open = () => openOrCreate(buckets.history, ports);
  return {
    get: async (owner) => (await open()).get(`${prefix}${owner}`),
    put: async (owner, value, revision) => (await open()).put(`${prefix}${owner}`, value, revision),
    delete: async (owner) => (await open()).delete(`${prefix}${owner}`),
    owners: async () =>
      (await (await open()).keys())
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length))
        .sort(),
  };
}
