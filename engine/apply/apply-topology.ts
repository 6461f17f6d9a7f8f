// The waves of buckets, streams and JetStream consumers.
import type { JetStreamConsumerSpec } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import { answerOf } from '../plan/compare-specs.ts';
import { copyFields } from '../plan/copy-fields.ts';
import { consumerKey } from '../plan/former-stages.ts';
import type { Applied, LiveConsumer } from '../plan/state.ts';
import type { BucketWork, ConsumerWork, Keeps, StreamDeletion, StreamWork } from '../plan/work.ts';
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
  { spec, meanwhile, isNew, entry, keeps }: StreamWork,
  session: ApplySession,
): Promise<void> {
  const { cluster } = session.ports;
  const live = isNew ? await cluster.createStream(spec) : await cluster.updateStream(meanwhile, keeps?.paths);
  const answer = answerOf(meanwhile, withoutDeviations(live, keeps?.paths));
  const asked = keeps?.asked ?? spec;
  const applied: Applied<typeof spec> = answer === undefined ? { asked } : { asked, answer };
  await session.put(buckets.inventory, inventoryKey.stream(spec.name), applied, entry.revision);
}

export async function settleStreams(work: readonly StreamWork[], session: ApplySession): Promise<void> {
  const shrinking = work.filter(
    ({ isNew, spec, meanwhile }) => !isNew && spec.subjects.length !== meanwhile.subjects.length,
  );
  await inParallel(shrinking, width, async ({ spec, keeps }) => {
    session.check();
    await session.ports.cluster.updateStream(spec, keeps?.paths);
  });
}

/** What left while this was carried out takes its subjects along. Not a change of its own. */
export async function narrowStreams(work: readonly StreamWork[], session: ApplySession): Promise<void> {
  await inParallel(work, width, async (item) => {
    session.check();
    await putStream(item, session);
  });
  await settleStreams(work, session);
}

/** Resolves with what the server made of each, by key. */
export async function applyConsumers(
  work: readonly ConsumerWork[],
  session: ApplySession,
): Promise<ReadonlyMap<string, LiveConsumer>> {
  const { cluster } = session.ports;
  const answers = new Map<string, LiveConsumer>();
  await inParallel(work, width, ({ change, spec, isReplaced, keeps }) =>
    session.change(change, async () => {
      // Acknowledged messages are gone from a work-queue stream: the new one begins where the old one had come to.
      if (isReplaced) await cluster.deleteConsumer(spec.stream, spec.name);
      const live = await cluster.createConsumer(spec, keeps?.paths);
      answers.set(consumerKey(spec), keeps === undefined ? live : asAsked(live, keeps));
    }),
  );
  return answers;
}

/** What somebody else keeps is not the server's answer: it stays a difference. */
function asAsked(live: LiveConsumer, { asked, paths }: Keeps<JetStreamConsumerSpec>): LiveConsumer {
  return { ...withoutDeviations(live, paths), spec: copyFields(live.spec, asked, paths) };
}

function withoutDeviations<Live extends Pick<LiveConsumer, 'deviations'>>(
  live: Live,
  paths: readonly string[] = [],
): Live {
  return { ...live, deviations: live.deviations.filter(({ path }) => !paths.includes(path)) };
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
