// What workers find in the programs bucket: a compiled flow, and stages of former versions that still hold messages.
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { FlowRecord, FormerStage } from '../plan/state.ts';
import type { Broker } from './ports.ts';

export type RetiringStage = FormerStage;

export type DeployedFlow = FlowRecord;

/** Narrows a bucket entry. Entries of another format version are left to the workers that know it. */
export function isDeployedFlow(value: unknown): value is DeployedFlow {
  const flow = (value as { readonly flow?: { readonly formatVersion?: unknown } } | null)?.flow;
  return flow?.formatVersion === 1;
}

/** What its sources know the flow by. */
export function originOf({ flow, origin }: DeployedFlow): string {
  return origin ?? flow.name;
}

/** The applied flow called `name`. Throws VRS8404 that lists what is applied. */
export async function findFlow(broker: Pick<Broker, 'bucket'>, name: string): Promise<DeployedFlow> {
  const programs = await broker.bucket(buckets.programs);
  const value = (await programs.get(name))?.value;
  if (isDeployedFlow(value)) return value;
  const known = (await programs.keys()).toSorted().join(', ');
  throw new VrskyError('VRS8404', `no flow ${name} is applied`, {
    help: known === '' ? 'Apply one: vrsky apply flows' : `There are: ${known}`,
  });
}
