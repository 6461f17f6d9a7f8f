// The wave of flows: claimed in the inventory, handed to the workers, written down.
import { buckets } from '../compile/topology.ts';
import { consumerKey } from '../plan/former-stages.ts';
import { answersOf, entryFor } from '../plan/plan-flows.ts';
import type { FlowEntry, LiveConsumer } from '../plan/state.ts';
import type { FlowRemoval, FlowWork } from '../plan/work.ts';
import type { ApplySession } from './apply-session.ts';
import { moveState } from './flow-state-keys.ts';
import { inParallel } from './in-parallel.ts';
import { inventoryKey } from './inventory.ts';

const width = 64;

/**
 * Before anything of a new flow exists it is written down whose it is. Answers the revisions of those entries.
 */
export async function claimFlows(
  flows: readonly FlowWork[],
  session: ApplySession,
): Promise<ReadonlyMap<string, number>> {
  const inventory = await session.bucket(buckets.inventory);
  const claims = new Map<string, number>();
  await inParallel(
    flows.filter(({ entry }) => entry.value === undefined),
    width,
    async ({ record, consumers, entry }) => {
      const { owner, revision } = session.desired;
      const key = inventoryKey.flow(record.flow.name);
      const claim: FlowEntry = {
        owner,
        revision,
        consumers: consumers.map((asked) => ({ asked })),
      };
      await session.put(buckets.inventory, key, claim, entry.revision);
      const written = await inventory.get(key);
      if (written !== undefined) claims.set(record.flow.name, written.revision);
    },
  );
  return claims;
}

export async function applyFlows(
  flows: readonly FlowWork[],
  claims: ReadonlyMap<string, number>,
  created: ReadonlyMap<string, LiveConsumer>,
  session: ApplySession,
): Promise<void> {
  await inParallel(flows, width, (work) =>
    session.change(work.change, () => applyFlow(work, claims, created, session)),
  );
}

async function applyFlow(
  work: FlowWork,
  claims: ReadonlyMap<string, number>,
  created: ReadonlyMap<string, LiveConsumer>,
  session: ApplySession,
): Promise<void> {
  const { record, consumers, before, entry, former, standing } = work;
  const { name } = record.flow;
  if (former !== undefined) await stopIntake(former, session);
  if (former !== undefined) await moveState(former.flow, name, session);
  await session.put(buckets.programs, name, record, before.revision);
  if (former !== undefined) await forget(former, session);
  const live = [...standing, ...consumers.flatMap((spec) => created.get(consumerKey(spec)) ?? [])];
  const recorded = entryFor(
    { next: record, before, entry },
    answersOf(consumers, live, entry.value?.consumers),
    session.desired,
  );
  await session.put(buckets.inventory, inventoryKey.flow(name), recorded, claims.get(name) ?? entry.revision);
}

/** Cursors of the former name stand still from now on. What no source keeps is accepted until the new name takes in. */
async function stopIntake({ flow, before }: FlowRemoval, session: ApplySession): Promise<void> {
  if (before.value === undefined) return;
  const stopped = { ...before.value, suspended: before.value.suspended ?? ('handover' as const) };
  if (before.value.suspended === undefined)
    await session.put(buckets.programs, flow, stopped, before.revision);
  session.waiting(`workers to stop accepting for ${flow}`);
  await session.follow([stopped]);
}

/** Its stages live on as former stages of the flow that took its place. */
async function forget({ flow, entry }: FlowRemoval, session: ApplySession): Promise<void> {
  session.check();
  await (await session.bucket(buckets.programs)).delete(flow);
  const inventory = await session.bucket(buckets.inventory);
  if (entry.revision > 0) await inventory.delete(inventoryKey.flow(flow), entry.revision);
}
