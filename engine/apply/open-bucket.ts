// Opens buckets that may not be there yet: readers do without, writers make them.
import type { ApplyBucket, ApplyPorts } from './ports.ts';

export async function openIfThere(name: string, ports: ApplyPorts): Promise<ApplyBucket | undefined> {
  const present = await ports.cluster.listBuckets();
  return present.some(({ spec }) => spec.name === name) ? ports.openBucket(name) : undefined;
}

export async function openOrCreate(name: string, ports: ApplyPorts): Promise<ApplyBucket> {
  const present = await openIfThere(name, ports);
  if (present !== undefined) return present;
  await ports.cluster.createBucket({ kind: 'bucket', name, storage: 'file', replicas: 1, history: 1 });
  return ports.openBucket(name);
}
