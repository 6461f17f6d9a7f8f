// Applies flows to a connected server: placements from the cluster, compile, apply, wait for the workers.
import { type AppliedChange, applyProgram, type FlowRecord } from '../../engine/apply/apply-program.ts';
import type { Placements } from '../../engine/compile/placement.ts';
import type { Program } from '../../engine/compile/program.ts';
import { buckets } from '../../engine/compile/topology.ts';
import type { FlowGraph } from '../../engine/flow/graph.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import { control } from '../../engine/runtime/trace.ts';
import type { WorkerReport } from '../../engine/runtime/worker.ts';
import { compileFlows } from './manifests.ts';

export interface Deployment {
  readonly program: Program;
  readonly changes: readonly AppliedChange[];
}

export async function deploy(
  flows: readonly FlowGraph[],
  tenant: string,
  connected: Connected,
  onChange: (change: AppliedChange) => void,
): Promise<Deployment> {
  const { broker, cluster } = connected;
  const program = await compileFlows(flows, tenant, await currentPlacements(connected));
  const changes = await applyProgram(program, cluster, {
    openPrograms: () => broker.bucket(buckets.programs),
    onChange,
    workersFollow: (digests) => workersFollow(connected, digests),
  });
  return { program, changes };
}

/** Where the flows of before are; nothing when nothing was ever applied. */
async function currentPlacements({ broker, cluster }: Connected): Promise<Placements> {
  for (const bucket of Object.values(buckets))
    await cluster.createBucket({
      kind: 'bucket',
      name: bucket,
      storage: 'file',
      replicas: 1,
      history: bucket === buckets.programs ? 8 : 1,
    });
  const programs = await broker.bucket(buckets.programs);
  const names = await programs.keys();
  const records = await Promise.all(names.map((name) => programs.get(name)));
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const stream = (records[index]?.value as FlowRecord | undefined)?.flow?.stream;
      return stream === undefined ? [] : [[name, stream]];
    }),
  );
}

const followTimeoutMs = 15_000;
const askMs = 250;

/** Asks the workers until none of them runs another version. Silence means that there are none. */
export async function workersFollow(
  { broker }: Connected,
  digests: ReadonlyMap<string, string>,
): Promise<boolean> {
  const giveUpAt = Date.now() + followTimeoutMs;
  while (Date.now() < giveUpAt) {
    const reports = (await broker.ask(control.stats, {}, askMs)) as readonly WorkerReport[];
    const behind = reports
      .flatMap((report) => report.flows)
      .some((flow) => digests.has(flow.flow) && digests.get(flow.flow) !== flow.digest);
    if (!behind) return true;
  }
  return false;
}
