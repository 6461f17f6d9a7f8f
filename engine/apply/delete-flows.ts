// Takes flows away: nothing more is accepted, what waits is drained, then everything of theirs goes.
import { buckets } from '../compile/topology.ts';
import { flowSubject, subjectsOf } from '../plan/former-stages.ts';
import type { Refusal } from '../plan/plan.ts';
import type { FlowRecord } from '../plan/state.ts';
import type { ConsumerDeletion, FlowDeletion } from '../plan/work.ts';
import type { ApplySession } from './apply-session.ts';
import { deleteState } from './flow-state-keys.ts';
import { gone } from './follow-workers.ts';
import { inParallel } from './in-parallel.ts';
import { inventoryKey } from './inventory.ts';
import { othersSubjects } from './names-of-others.ts';

const width = 16;

export async function deleteFlows(work: readonly FlowDeletion[], session: ApplySession): Promise<void> {
  await inParallel(work, width, async (deletion) => {
    session.check();
    const waiting = await drain(deletion, session);
    if (waiting > 0) session.refusals.push(stillHolds(deletion.flow, waiting));
    else await session.change(deletion.change, () => remove(deletion, session));
  });
}

/** Answers how many messages must not be deleted. */
async function drain(
  { flow, before, mayLoseMessages }: FlowDeletion,
  session: ApplySession,
): Promise<number> {
  const record = before.value;
  if (record === undefined || mayLoseMessages) return 0;
  const draining: FlowRecord = { ...record, suspended: 'intake' };
  if (record.suspended !== 'intake') await session.put(buckets.programs, flow, draining, before.revision);
  const { workers } = await session.follow([draining]);
  const giveUpAt = performance.now() + session.drainPatienceMs;
  for (;;) {
    const waiting = await countWaiting(record, session);
    if (waiting === 0 || workers === 0 || performance.now() > giveUpAt || session.signal.aborted)
      return waiting;
    session.waiting(`${waiting} messages of ${flow} to be delivered`);
    await session.workers.pause();
  }
}

async function countWaiting(record: FlowRecord, session: ApplySession): Promise<number> {
  const own = await ownPlaces(record.flow.name, subjectsOf(record), session);
  const places = new Map(own.map((place) => [`${place.stream} ${place.subject}`, place]));
  const counts = await Promise.all(
    [...places.values()].map(({ stream, subject }) =>
      session.ports.cluster.messagesBySubject(stream, subject),
    ),
  );
  return counts.flatMap((bySubject) => Object.values(bySubject)).reduce((sum, count) => sum + count, 0);
}

interface Place {
  readonly stream: string;
  readonly subject: string;
}

async function ownPlaces(
  flow: string,
  places: readonly Place[],
  session: ApplySession,
): Promise<readonly Place[]> {
  const subjects = places.map(({ subject }) => subject);
  const isOthers = await othersSubjects(flow, subjects, session);
  return places.filter(({ subject }) => !isOthers(subject));
}

function stillHolds(flow: string, waiting: number): Refusal {
  return {
    code: 'VRS6004',
    message: `flow ${flow} still holds ${waiting} message${waiting === 1 ? '' : 's'}; it accepts no more, and stays until they are delivered`,
    help: `Run this again when they are through, give them up with --allow-data-loss flow/${flow}, or apply the flow again to keep it.`,
    object: { kind: 'flow', name: flow },
  };
}

/** The record first: without it no worker makes anything anew. The inventory last: until then somebody knows of what is left. */
async function remove({ flow, before, entry }: FlowDeletion, session: ApplySession): Promise<void> {
  const { cluster } = session.ports;
  if (before.revision > 0) {
    await (await session.bucket(buckets.programs)).delete(flow);
    await session.followVersions(new Map([[flow, gone]]));
  }
  const places = [
    ...(before.value === undefined ? [] : subjectsOf(before.value)),
    ...(entry.value?.consumers ?? []).map(({ asked }) => ({
      stream: asked.stream,
      subject: flowSubject(asked.filterSubject),
    })),
  ];
  const subjects = Map.groupBy(await ownPlaces(flow, places, session), ({ stream }) => stream);
  for (const [stream, members] of subjects) {
    const filters = new Set(members.map(({ subject }) => subject));
    session.check();
    for (const { spec } of await cluster.listConsumers(stream)) {
      const isOfFlow = [...filters].some((filter) => spec.filterSubject.startsWith(filter.slice(0, -1)));
      if (isOfFlow) await cluster.deleteConsumer(stream, spec.name);
    }
    for (const filter of filters) await cluster.purge(stream, filter);
  }
  await deleteState(flow, session);
  if (entry.revision > 0)
    await (await session.bucket(buckets.inventory)).delete(inventoryKey.flow(flow), entry.revision);
}

export async function deleteConsumers(
  work: readonly ConsumerDeletion[],
  session: ApplySession,
): Promise<void> {
  await inParallel(work, width, ({ change, stream, name }) =>
    session.change(change, () => session.ports.cluster.deleteConsumer(stream, name)),
  );
}
