// The waves of buckets, streams and JetStream consumers.
import { buckets } from '../compile/topology.ts';
import { answerOf } from '../plan/compare-specs.ts';
import { consumerKey } from '../plan/former-stages.ts';
import type { Applied, LiveConsumer } from '../plan/state.ts';
import type { BucketWork, ConsumerWork, StreamDeletion, StreamWork } from '../plan/work.ts';
import type { ApplySession } from './apply-session.ts';
import { inParallel } from './in-parallel.ts';
import { inventoryKey } from './inventory.ts';

const width = 64;

export async function applyBuckets(work: readonly BucketWork[], session: ApplySession): Promise<void> {
  const { cluster } = session.ports;
  await inParallel(work, width, ({ change, spec, isNew }) =>
    session.change(change, () => (isNew ? cluster.createBucket(spec) : cluster.updateBucket(spec))),
  );
}

/** With everything that is in them now; {@link settleStreams} takes away what leaves. */
export async function applyStreams(work: readonly StreamWork[], session: ApplySession): Promise<void> {
  await inParallel(work, width, (item) => session.change(item.change, () => putStream(item, session)));
}

async function putStream(
  { spec, meanwhile, isNew, entry }: StreamWork,
  session: ApplySession,
): Promise<void> {
  const { cluster } = session.ports;
  const live = isNew ? await cluster.createStream(spec) : await cluster.updateStream(meanwhile);
  const answer = answerOf(meanwhile, live);
  const applied: Applied<typeof spec> = answer === undefined ? { asked: spec } : { asked: spec, answer };
  await session.put(buckets.inventory, inventoryKey.stream(spec.name), applied, entry.revision);
}

export async function settleStreams(work: readonly StreamWork[], session: ApplySession): Promise<void> {
  const shrinking = work.filter(
    ({ isNew, spec, meanwhile }) => !isNew && spec.subjects.length !== meanwhile.subjects.length,
  );
  await inParallel(shrinking, width, async ({ spec }) => {
    session.check();
    await session.ports.cluster.updateStream(spec);
  });
}

/** Resolves with what the server made of each, by key. */
export async function applyConsumers(
  work: readonly ConsumerWork[],
  session: ApplySession,
): Promise<ReadonlyMap<string, LiveConsumer>> {
  const { cluster } = session.ports;
  const answers = new Map<string, LiveConsumer>();
  await inParallel(work, width, ({ change, spec, isReplaced }) =>
    session.change(change, async () => {
      // Acknowledged messages are gone from a work-queue stream: the new one begins where the old one had come to.
      if (isReplaced) await cluster.deleteConsumer(spec.stream, spec.name);
      answers.set(consumerKey(spec), await cluster.createConsumer(spec));
    }),
  );
  return answers;
}

/** Not a change: what the server forgot when it was restarted. */
export async function restore(
  streams: readonly StreamWork[],
  consumers: readonly ConsumerWork[],
  session: ApplySession,
): Promise<void> {
  const { cluster } = session.ports;
  await inParallel(streams, width, async ({ spec }) => {
    session.check();
    await cluster.createStream(spec);
  });
  await inParallel(consumers, width, async ({ spec }) => {
    session.check();
    await cluster.createConsumer(spec);
  });
}

export async function deleteStreams(work: readonly StreamDeletion[], session: ApplySession): Promise<void> {
  const { cluster } = session.ports;
  for (const { change, name, entry, mayLoseMessages } of work) {
    const waiting = (await cluster.listStreams()).find(({ spec }) => spec.name === name)?.messages ?? 0;
    if (waiting > 0 && !mayLoseMessages) {
      session.refusals.push({
        code: 'VRS6004',
        message: `stream ${name} still holds ${waiting} messages`,
        help: `Apply again when they are through, or give them up: --allow-data-loss stream/${name}`,
        object: change.object,
      });
      continue;
    }
    await session.change(change, async () => {
      await cluster.deleteStream(name);
      if (entry.revision > 0)
        await (await session.bucket(buckets.inventory)).delete(inventoryKey.stream(name), entry.revision);
    });
  }
}
