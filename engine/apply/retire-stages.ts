// Former stages go when nothing can reach them any more and nothing waits in them.
import { canonicalJson } from '../compile/canonical-json.ts';
import { buckets } from '../compile/topology.ts';
import { consumerKey, consumersOf, messagesLeft } from '../plan/former-stages.ts';
import type { FlowEntry, FlowRecord } from '../plan/state.ts';
import type { Retirement } from '../plan/work.ts';
import type { ApplySession } from './apply-session.ts';
import type { Health } from './deployment.ts';
import { inventoryKey } from './inventory.ts';
import { othersSubjects } from './names-of-others.ts';

/**
 * Waits (bounded) until the former stages of these flows are through, takes away those that are, and answers what is left: a later
 * apply goes on with it. `planned` are announced as changes of their own.
 */
export async function retireStages(
  records: readonly FlowRecord[],
  planned: readonly Retirement[],
  session: ApplySession,
): Promise<Health['draining']> {
  const changes = new Map(planned.map(({ flow, change }) => [flow, change]));
  const draining: Health['draining'][number][] = [];
  const giveUpAt = performance.now() + session.drainPatienceMs;
  for (const record of records.filter(({ retiring }) => retiring.length > 0)) {
    const left = await untilDrained(record, giveUpAt, session);
    if (left.length > 0) {
      draining.push(...left);
      continue;
    }
    const change = changes.get(record.flow.name);
    await takeAway(record, session);
    if (change !== undefined) session.done(change);
  }
  return draining;
}

async function untilDrained(
  record: FlowRecord,
  giveUpAt: number,
  session: ApplySession,
): Promise<Health['draining']> {
  for (;;) {
    const left = await stillHolding(record, session);
    if (left.length === 0) return [];
    const workers = await session.workers.count();
    if (workers === 0 || performance.now() > giveUpAt || session.signal.aborted) return left;
    const where = left.map(({ stage, messages }) => `${messages} in ${stage}`).join(', ');
    session.waiting(`what waits in former stages: ${where}`);
    await session.workers.pause();
  }
}

/** Asks the streams themselves: a JetStream consumer's state is in memory and may be younger than the messages. */
async function stillHolding(
  { flow, retiring }: FlowRecord,
  { ports }: ApplySession,
): Promise<Health['draining']> {
  const holding = await Promise.all(
    retiring.map(async (former) => {
      const { stream, stage } = former;
      const filter = stage.lanes === undefined ? stage.subject : `${stage.subject}.*`;
      const messages = messagesLeft(former, flow, await ports.cluster.messagesBySubject(stream, filter));
      return { flow: flow.name, stage: stage.durable, messages };
    }),
  );
  return holding.filter(({ messages }) => messages > 0);
}

/** Whatever an undrained stage publishes to must live on too, so former stages leave together. */
async function takeAway(record: FlowRecord, session: ApplySession): Promise<void> {
  const programs = await session.bucket(buckets.programs);
  const current = await programs.get(record.flow.name);
  if (current === undefined || canonicalJson(current.value) !== canonicalJson(record)) return;
  const after: FlowRecord = { ...record, retiring: [] };
  await session.put(buckets.programs, record.flow.name, after, current.revision);
  await session.follow([after]);
  const inUse = new Set(consumersOf(after).map(consumerKey));
  const before = consumersOf(record);
  const subjects = before.map(({ filterSubject }) => filterSubject);
  const isOthers = await othersSubjects(record.flow.name, subjects, session);
  for (const spec of before) {
    if (inUse.has(consumerKey(spec)) || isOthers(spec.filterSubject)) continue;
    session.check();
    await session.ports.cluster.deleteConsumer(spec.stream, spec.name);
  }
  await strikeOut(after, session);
}

async function strikeOut(record: FlowRecord, session: ApplySession): Promise<void> {
  const inventory = await session.bucket(buckets.inventory);
  const key = inventoryKey.flow(record.flow.name);
  const entry = await inventory.get(key);
  if (entry === undefined) return;
  const value = entry.value as FlowEntry;
  const inUse = new Set(consumersOf(record).map(consumerKey));
  const consumers = value.consumers.filter(({ asked }) => inUse.has(consumerKey(asked)));
  await session.put(buckets.inventory, key, { ...value, consumers }, entry.revision);
}
