// What workers find in the programs bucket: a compiled flow, and stages of former versions that still hold messages.
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Broker } from './ports.ts';

/** A stage that the flow no longer has; it runs on until its messages are gone. */
export interface RetiringStage {
  readonly stream: string;
  readonly stage: Stage;
}

export interface DeployedFlow {
  readonly flow: CompiledFlow;
  readonly retiring: readonly RetiringStage[];
}

/** Narrows a bucket entry. Entries of another format version are left to the workers that know it. */
export function isDeployedFlow(value: unknown): value is DeployedFlow {
  const flow = (value as { readonly flow?: { readonly formatVersion?: unknown } } | null)?.flow;
  return flow?.formatVersion === 1;
}

/** The applied flow called `name`. Throws VRS8404 that lists what is applied. */
export async function findFlow(broker: Broker, name: string): Promise<DeployedFlow> {
  const programs = await broker.bucket(buckets.programs);
  const value = (await programs.get(name))?.value;
  if (isDeployedFlow(value)) return value;
  const known = (await programs.keys()).join(', ');
  throw new VrskyError('VRS8404', `no flow ${name} is applied`, {
    help: known === '' ? 'Apply one: vrsky apply flows' : `There are: ${known}`,
  });
}
