// Holds the server against what was asked for: nothing missing, nothing left over, and the inventory says so.
import assert from 'node:assert/strict';
import { isFlowRecord } from '../../../engine/apply/inventory.ts';
import { compile } from '../../../engine/compile/compile.ts';
import { buckets, deadLetterStream } from '../../../engine/compile/topology.ts';
import type { FlowGraph } from '../../../engine/flow/graph.ts';
import { consumerKey, consumersOf } from '../../../engine/plan/former-stages.ts';
import { contentDigest } from '../../../engine/plan/plan-flows.ts';
import type { FlowEntry, FlowRecord } from '../../../engine/plan/state.ts';
import type { Site } from './outsider.ts';

/** Throws an AssertionError that says what differs. */
export async function assertReality(site: Site, graphs: readonly FlowGraph[], owner: string): Promise<void> {
  const { broker, cluster } = site;
  const entries = await (await broker.bucket(buckets.programs)).entries();
  const records = new Map(entries.map(({ key, value }) => [key, value]));
  assert.deepEqual([...records.keys()].sort(), graphs.map(({ name }) => name).sort(), 'flows');
  for (const record of records.values()) assert.ok(isFlowRecord(record), 'a record is no flow');
  const flows = [...records.values()] as FlowRecord[];
  assertPrograms(flows, graphs);
  await assertObjects(site, flows);
  await assertInventory(site, flows, owner);
  const state = await (await broker.bucket(buckets.state)).keys();
  const unknown = state.filter((key) => !graphs.some(({ name }) => key.split('.')[1] === name));
  assert.deepEqual(unknown, [], 'state of flows that are gone');
  assert.equal((await cluster.listBuckets()).length, Object.keys(buckets).length, 'buckets');
}

function assertPrograms(flows: readonly FlowRecord[], graphs: readonly FlowGraph[]): void {
  const placements = Object.fromEntries(flows.map(({ flow }) => [flow.name, flow.stream]));
  const { value } = compile(graphs, { tenant: 'default', placements });
  const digests = (all: readonly { readonly name: string; readonly digest: string }[]) =>
    Object.fromEntries(all.map(({ name, digest }) => [name, digest]).sort());
  assert.deepEqual(digests(flows.map(({ flow }) => flow)), digests(value?.flows ?? []), 'programs');
  for (const { flow, retiring, suspended } of flows) {
    assert.deepEqual(retiring, [], `${flow.name} still has former stages`);
    assert.equal(suspended, undefined, `${flow.name} is suspended`);
  }
}

async function assertObjects({ cluster }: Site, flows: readonly FlowRecord[]): Promise<void> {
  const streams = await cluster.listStreams();
  const wanted = Object.groupBy(flows, ({ flow }) => flow.stream);
  const subjects = Object.fromEntries(
    streams
      .filter(({ spec }) => spec.name !== deadLetterStream)
      .map(({ spec }) => [spec.name, [...spec.subjects].sort()]),
  );
  const needed = Object.fromEntries(
    Object.entries(wanted).map(([name, members]) => [
      name,
      (members ?? []).map(({ flow }) => `flow.${flow.name}.>`).sort(),
    ]),
  );
  assert.deepEqual(subjects, needed, 'streams and their subjects');
  const lists = await Promise.all(streams.map(({ spec }) => cluster.listConsumers(spec.name)));
  const live = new Map(lists.flat().map(({ spec, deviations }) => [consumerKey(spec), { spec, deviations }]));
  const specs = new Map(
    flows.flatMap(consumersOf).map((spec) => [consumerKey(spec), { spec, deviations: [] }]),
  );
  assert.deepEqual(sorted(live), sorted(specs), 'JetStream consumers');
}

async function assertInventory(
  { broker, cluster }: Site,
  flows: readonly FlowRecord[],
  owner: string,
): Promise<void> {
  const entries = await (await broker.bucket(buckets.inventory)).entries();
  const byKey = new Map(entries.map(({ key, value }) => [key, value]));
  const streams = (await cluster.listStreams()).map(({ spec }) => `stream.${spec.name}`);
  const keys = [...streams, ...flows.map(({ flow }) => `flow.${flow.name}`)].sort();
  assert.deepEqual([...byKey.keys()].sort(), keys, 'inventory');
  for (const record of flows) {
    const entry = byKey.get(`flow.${record.flow.name}`) as FlowEntry;
    assert.equal(entry.owner, owner);
    assert.equal(entry.digest, contentDigest(record.flow), `digest of ${record.flow.name}`);
    const asked = new Map(entry.consumers.map((one) => [consumerKey(one.asked), one.asked]));
    const specs = new Map(consumersOf(record).map((spec) => [consumerKey(spec), spec]));
    assert.deepEqual(sorted(asked), sorted(specs), `inventory of ${record.flow.name}`);
  }
}

function sorted<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
