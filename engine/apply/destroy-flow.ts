// Removes a flow from a cluster, and nothing else; refuses while it holds messages unless told otherwise.
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { FlowRecord } from './apply-program.ts';
import type { Cluster } from './cluster.ts';

export interface DestroyPrograms {
  get(key: string): Promise<{ readonly value: unknown } | undefined>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

export interface DestroyOptions {
  readonly openBucket: (name: string) => Promise<DestroyPrograms>;
  /** Delete waiting messages too. */
  readonly allowDataLoss: boolean;
  /** Waits until no worker runs the flow any more. */
  readonly workersStopped: () => Promise<boolean>;
}

/** Answers how many waiting messages went with it. Throws VRS8404 for an unknown flow, VRS6004 when it holds messages. */
export async function destroyFlow(name: string, cluster: Cluster, options: DestroyOptions): Promise<number> {
  const programs = await options.openBucket(buckets.programs);
  const record = (await programs.get(name))?.value as FlowRecord | undefined;
  if (record === undefined) {
    throw new VrskyError('VRS8404', `no flow ${name} is applied`, {
      help: `There are: ${(await programs.keys()).join(', ')}`,
    });
  }
  const streams = [...new Set([record.flow.stream, ...record.retiring.map((former) => former.stream)])];
  const waiting = await countWaiting(name, streams, cluster);
  if (waiting > 0 && !options.allowDataLoss) {
    throw new VrskyError(
      'VRS6004',
      `flow ${name} still holds ${waiting} message${waiting === 1 ? '' : 's'}`,
      {
        help: 'Let it drain (stop its sources, watch `vrsky status`), or give them up with --allow-data-loss.',
      },
    );
  }
  await programs.delete(name);
  await options.workersStopped();
  for (const stream of streams) await removeFromStream(name, stream, cluster);
  const state = await options.openBucket(buckets.state);
  for (const key of await state.keys()) if (key.startsWith(`cursor.${name}.`)) await state.delete(key);
  return waiting;
}

async function countWaiting(flow: string, streams: readonly string[], cluster: Cluster): Promise<number> {
  const counts = await Promise.all(
    streams.map((stream) => cluster.messagesBySubject(stream, `flow.${flow}.>`)),
  );
  return counts.flatMap((bySubject) => Object.values(bySubject)).reduce((total, count) => total + count, 0);
}

async function removeFromStream(flow: string, name: string, cluster: Cluster): Promise<void> {
  const subject = `flow.${flow}.>`;
  const live = (await cluster.listStreams()).find((stream) => stream.spec.name === name);
  if (live === undefined) return;
  for (const consumer of await cluster.listConsumers(name)) {
    if (consumer.spec.filterSubject.startsWith(`flow.${flow}.`))
      await cluster.deleteConsumer(name, consumer.spec.name);
  }
  await cluster.purge(name, subject);
  const subjects = live.spec.subjects.filter((held) => held !== subject);
  if (subjects.length === 0) await cluster.deleteStream(name);
  else await cluster.updateStream({ ...live.spec, subjects });
}
