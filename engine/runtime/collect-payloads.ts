// Keeps the payload stores of a tenant clean, on one worker at a time.
import type { Cluster } from '../apply/cluster.ts';
import { buckets } from '../compile/topology.ts';
import { PayloadCollector } from '../payload/collector.ts';
import { deleteFreed, handOverFreed } from '../payload/freed-objects.ts';
import { entryOf, type HolderEntry } from '../payload/holder-note.ts';
import { isDeployedFlow } from './deployed-flow.ts';
import { pause } from './pause.ts';
import type { Broker } from './ports.ts';
import type { RuntimeParts } from './runtime-parts.ts';

const leaseTtlMs = 10_000;
const collectEveryMs = 5_000;
/** Every so many rounds (10 minutes). */
const sweepEvery = 120;
const retryMs = 60_000;

type Parts = Pick<RuntimeParts, 'broker' | 'cluster' | 'payloads' | 'log'>;

/** Resolves when the signal aborts; never rejects. */
export async function collectPayloads(parts: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await collectUnderLease(parts, signal);
    } catch (error) {
      if (signal.aborted) return;
      parts.log('warn', `payloads are not cleaned up: ${(error as Error).message}`);
      await pause(retryMs, signal);
    }
  }
}

/** Deletes what messages needed that this worker alone carried. Resolves when the signal aborts; never rejects. */
export async function deleteFreedPayloads({ payloads, log }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(collectEveryMs, signal);
    if (!signal.aborted)
      await deleteFreed(payloads).catch((error: Error) =>
        log('warn', `payloads are not cleaned up: ${error.message}`),
      );
  }
}

/** Leaves to the collector what this worker would have deleted. Never rejects: what nobody is told of goes when it expires. */
export async function leavePayloads({ payloads, log }: Pick<Parts, 'payloads' | 'log'>): Promise<void> {
  await handOverFreed(payloads.holders).catch((error: Error) =>
    log('warn', `payloads stay until they expire: ${error.message}`),
  );
}

/** A collector that knows every holder of now, and follows their changes until it is stopped; `entries` does too. */
export async function observeHolders(
  { broker, cluster, payloads }: Omit<Parts, 'log'>,
  entries?: Map<string, HolderEntry>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly collector: PayloadCollector; readonly stop: () => void }> {
  const collector = new PayloadCollector({
    stores: payloads.stores,
    holders: payloads.holders,
    oldestWaiting: (flow) => oldestWaiting(flow, broker, cluster),
    now: Date.now,
  });
  const holders = await broker.bucket(buckets.payloads);
  const stopped = new AbortController();
  const onChange = (key: string, value: unknown, revision: number) => {
    collector.observe(key, value, revision);
    const entry = entryOf(value);
    if (entry === undefined) entries?.delete(key);
    else entries?.set(key, entry);
  };
  await holders.watch(onChange, AbortSignal.any([signal, stopped.signal]));
  return { collector, stop: () => stopped.abort() };
}

async function collectUnderLease(
  { broker, cluster, payloads, log }: Parts,
  signal: AbortSignal,
): Promise<void> {
  const lease = await broker.lease('payloads', leaseTtlMs, signal);
  const held = AbortSignal.any([signal, lease.lost]);
  try {
    const { collector } = await observeHolders({ broker, cluster, payloads }, undefined, held);
    for (let round = 0; !held.aborted; round++) {
      await collector.collectFree();
      if (round % sweepEvery === 0) {
        const { objects, bytes } = await collector.sweepExpired();
        if (objects > 0) log('info', `deleted ${objects} expired payloads (${bytes} bytes)`);
      }
      await pause(collectEveryMs, held);
    }
  } finally {
    await lease.release();
  }
}

/** When the oldest message of the flow that is still in transit was stored (milliseconds since the epoch). */
export async function oldestWaiting(
  flow: string,
  broker: Pick<Broker, 'bucket'>,
  cluster: Pick<Cluster, 'nextMessage'>,
): Promise<number | undefined> {
  const programs = await broker.bucket(buckets.programs);
  const deployed = (await programs.get(flow))?.value;
  if (!isDeployedFlow(deployed)) return undefined;
  const streams = new Set([deployed.flow.stream, ...deployed.retiring.map(({ stream }) => stream)]);
  let oldest: number | undefined;
  for (const stream of streams) {
    const first = await cluster.nextMessage(stream, `flow.${flow}.>`, 1);
    if (first !== undefined && first.storedAtMs < (oldest ?? Number.POSITIVE_INFINITY))
      oldest = first.storedAtMs;
  }
  return oldest;
}
