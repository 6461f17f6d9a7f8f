// What hands other than the engine's do to a server: objects changed, deleted, added.
import { buckets } from '../../../engine/compile/topology.ts';
import type { Connected } from '../../../engine/nats/connect.ts';
import type { Outsider } from '../../../engine/nats/test-outsider.ts';
import { pick, type Random } from './manifests.ts';

export interface Site extends Connected {
  readonly outsider: Outsider;
}

type Deed = (site: Site, random: Random) => Promise<string>;

/** Does one thing and says what. `wanted`: flows whose entries may vanish without anybody losing track of them. */
export async function meddle(site: Site, wanted: readonly string[], random: Random): Promise<string> {
  return pick(deeds(wanted), random)(site, random);
}

function deeds(wanted: readonly string[]): readonly Deed[] {
  return [
    deleteConsumer,
    changeConsumer,
    replaceConsumer,
    addStray,
    changeStream,
    addSubject,
    deleteEmptyStream,
    (site, random) => spoilRecord(site, wanted, random),
    (site, random) => loseEntry(site, wanted, random),
  ];
}

async function flowStreams({ cluster }: Site) {
  return (await cluster.listStreams()).filter(({ spec }) => spec.retention === 'workqueue');
}

async function anyConsumer(site: Site, random: Random) {
  const lists = await Promise.all(
    (await flowStreams(site)).map(({ spec }) => site.cluster.listConsumers(spec.name)),
  );
  const all = lists.flat();
  return all.length === 0 ? undefined : pick(all, random).spec;
}

const deleteConsumer: Deed = async (site, random) => {
  const spec = await anyConsumer(site, random);
  if (spec === undefined) return 'nothing to delete';
  await site.cluster.deleteConsumer(spec.stream, spec.name);
  return `deleted JetStream consumer ${spec.name}`;
};

const changeConsumer: Deed = async (site, random) => {
  const spec = await anyConsumer(site, random);
  if (spec === undefined) return 'nothing to change';
  await site.outsider.updateConsumer(spec.stream, spec.name, { max_ack_pending: 7 });
  return `changed max_ack_pending of ${spec.name}`;
};

const replaceConsumer: Deed = async (site, random) => {
  const spec = await anyConsumer(site, random);
  if (spec === undefined) return 'nothing to replace';
  await site.cluster.deleteConsumer(spec.stream, spec.name);
  await site.outsider.addConsumer(spec.stream, spec.name, spec.filterSubject, { ...spec.metadata });
  return `replaced ${spec.name} by one with other fixed settings`;
};

const addStray: Deed = async (site, random) => {
  const streams = await flowStreams(site);
  if (streams.length === 0) return 'nothing to add to';
  const { spec } = pick(streams, random);
  await site.outsider.addConsumer(spec.name, 'stray', 'flow.stray.in', {
    'vrsky-managed-by': 'vrsky',
    'vrsky-flow': 'stray',
  });
  return `added a stray JetStream consumer to ${spec.name}`;
};

const changeStream: Deed = async (site, random) => {
  const streams = await site.cluster.listStreams();
  if (streams.length === 0) return 'nothing to change';
  const { spec } = pick(streams, random);
  const changes = pick(
    [{ max_bytes: 1 << 20 }, { max_msgs_per_subject: 99 }, { allow_direct: false }],
    random,
  );
  await site.outsider.updateStream(spec.name, changes);
  return `changed ${JSON.stringify(changes)} of ${spec.name}`;
};

const addSubject: Deed = async (site, random) => {
  const streams = await flowStreams(site);
  if (streams.length === 0) return 'nothing to add to';
  const { spec } = pick(streams, random);
  const subject = `elsewhere.${spec.name}.>`;
  await site.outsider.updateStream(spec.name, { subjects: [...new Set([...spec.subjects, subject])] });
  return `added ${subject} to ${spec.name}`;
};

const deleteEmptyStream: Deed = async (site, random) => {
  const empty = (await site.cluster.listStreams()).filter(({ messages }) => messages === 0);
  if (empty.length === 0) return 'no stream is empty';
  const { spec } = pick(empty, random);
  await site.cluster.deleteStream(spec.name);
  return `deleted stream ${spec.name}`;
};

async function spoilRecord({ broker }: Site, wanted: readonly string[], random: Random): Promise<string> {
  const programs = await broker.bucket(buckets.programs);
  const there = (await programs.keys()).filter((flow) => wanted.includes(flow));
  if (there.length === 0) return 'no record to spoil';
  const flow = pick(there, random);
  const current = (await programs.get(flow))?.value as { readonly flow?: { readonly stages?: unknown } };
  const dice = random();
  if (dice < 0.4) await programs.delete(flow);
  else if (dice < 0.7) await programs.put(flow, 'nonsense');
  else await programs.put(flow, { ...current, flow: { ...current.flow, delivery: {} } });
  return `spoiled the record of ${flow}`;
}

async function loseEntry({ broker }: Site, wanted: readonly string[], random: Random): Promise<string> {
  const inventory = await broker.bucket(buckets.inventory);
  const keys = (await inventory.keys()).filter(
    (key) => key.startsWith('stream.') || wanted.includes(key.replace('flow.', '')),
  );
  if (keys.length === 0) return 'no entry to lose';
  const key = pick(keys, random);
  await inventory.delete(key);
  return `lost the entry ${key}`;
}
