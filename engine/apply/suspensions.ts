// What people suspended: state in the cluster, not in git, so the next sync does not undo it.
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { FlowRecord, Suspension } from '../plan/state.ts';
import type { SuspensionNote, SuspensionTarget } from './deployment.ts';
import { inventoryKey, isFlowRecord } from './inventory.ts';
import { openIfThere, openOrCreate } from './open-bucket.ts';
import type { ApplyPorts } from './ports.ts';

export async function suspend(
  target: SuspensionTarget,
  note: Omit<SuspensionNote, 'at'>,
  ports: ApplyPorts,
): Promise<void> {
  const inventory = await openOrCreate(buckets.inventory, ports);
  const at = new Date().toISOString();
  if (target.kind === 'flow') await requireFlow(target.name, ports);
  await inventory.put(keyOf(target), { at, ...note } satisfies SuspensionNote);
  if (target.kind === 'flow') await setRecord(target.name, note.scope ?? 'all', ports);
}

export async function resume(target: SuspensionTarget, ports: ApplyPorts): Promise<void> {
  const inventory = await openOrCreate(buckets.inventory, ports);
  await inventory.delete(keyOf(target));
  if (target.kind === 'flow') await setRecord(target.name, undefined, ports);
}

export async function suspended(
  target: SuspensionTarget,
  ports: ApplyPorts,
): Promise<SuspensionNote | undefined> {
  const inventory = await openIfThere(buckets.inventory, ports);
  return (await inventory?.get(keyOf(target)))?.value as SuspensionNote | undefined;
}

function keyOf({ kind, name }: SuspensionTarget): string {
  return kind === 'flow' ? inventoryKey.suspendedFlow(name) : inventoryKey.suspendedSource(name);
}

async function requireFlow(flow: string, ports: ApplyPorts): Promise<void> {
  const programs = await openOrCreate(buckets.programs, ports);
  if ((await programs.get(flow)) !== undefined) return;
  const known = (await programs.keys()).toSorted().join(', ');
  throw new VrskyError('VRS8404', `no flow ${flow} is applied`, { help: `There are: ${known}` });
}

/** Against an apply that goes on at the same time: compared and set until it holds. */
async function setRecord(flow: string, scope: Suspension | undefined, ports: ApplyPorts): Promise<void> {
  const programs = await openOrCreate(buckets.programs, ports);
  for (;;) {
    const entry = await programs.get(flow);
    if (entry === undefined || !isFlowRecord(entry.value)) return;
    const { suspended: before, ...rest } = entry.value;
    if (before === scope) return;
    const record: FlowRecord = scope === undefined ? rest : { ...rest, suspended: scope };
    if (await programs.put(flow, record, entry.revision)) return;
  }
}
