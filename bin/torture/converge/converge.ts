// The property: whatever is edited, meddled with and killed on the way, applying again ends at what was asked for.
import assert from 'node:assert/strict';
import type { ApplyOutcome } from '../../../engine/apply/deployment.ts';
import { openDeployment } from '../../../engine/apply/open-deployment.ts';
import type { ApplyPorts } from '../../../engine/apply/ports.ts';
import { buckets } from '../../../engine/compile/topology.ts';
import { applyPorts } from '../../../engine/nats/apply-ports.ts';
import { seededRandom } from '../random.ts';
import { type CrashPlan, crashingPorts } from './crashing-ports.ts';
import { edit, type FlowModel, graphsOf, pick, type Random } from './manifests.ts';
import { meddle, type Site } from './outsider.ts';
import { assertReality } from './reality.ts';

export interface ConvergeCounts {
  rounds: number;
  crashes: number;
  meddled: number;
  applies: number;
}

const owner = 'torture';
const rounds = 5;
const maxApplies = 6;

/** One seed on an empty account. Throws with the whole story when it does not converge. */
export async function converge(seed: number, site: Site, counts: ConvergeCounts): Promise<void> {
  const random = seededRandom(seed);
  const story: string[] = [];
  let flows: readonly FlowModel[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const applied = flows;
      for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) flows = edit(flows, applied, random);
      story.push(`asked for ${JSON.stringify(flows)}`);
      await oneRound(flows, { site, random, story, counts });
      counts.rounds++;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed} does not converge: ${message}\n${story.join('\n')}`, { cause: error });
  }
}

interface Round {
  readonly site: Site;
  readonly random: Random;
  readonly story: string[];
  readonly counts: ConvergeCounts;
}

async function oneRound(flows: readonly FlowModel[], round: Round): Promise<void> {
  const { site, random, story, counts } = round;
  const names = flows.map(({ name }) => name);
  for (let deeds = Math.floor(random() * 3); deeds > 0 && (await isApplied(site)); deeds--) {
    story.push(await meddle(site, names, random));
    counts.meddled++;
  }
  await accept(round);
  for (let crashes = Math.floor(random() * 4); crashes > 0; crashes--) {
    const crash = { atCall: 1 + Math.floor(random() * 60), done: random() < 0.5 };
    story.push(`crash at call ${crash.atCall}${crash.done ? ', done' : ''}`);
    counts.crashes++;
    const outcome = await applyOnce(flows, site, crash);
    story.push(`  → ${tell(outcome)}`);
    if (random() < 0.3 && (await isApplied(site))) {
      story.push(await meddle(site, names, random));
      counts.meddled++;
    }
  }
  await deliverEverything(site);
  await applyUntilNothing(flows, round);
  await assertReality(site, graphsOf(flows), owner);
}

async function isApplied({ cluster }: Site): Promise<boolean> {
  return (await cluster.listBuckets()).length === Object.keys(buckets).length;
}

/** Messages arrive at some stages; they must survive until they are delivered. */
async function accept({ site, random, story }: Round): Promise<void> {
  for (const { spec } of await site.cluster.listStreams()) {
    if (spec.retention !== 'workqueue' || random() < 0.5) continue;
    const consumers = await site.cluster.listConsumers(spec.name);
    if (consumers.length === 0) continue;
    const { filterSubject } = pick(consumers, random).spec;
    if (!spec.subjects.some((subject) => filterSubject.startsWith(subject.slice(0, -1)))) continue;
    await site.broker.publisher.publish(filterSubject, Buffer.from('{}'), []);
    story.push(`a message waits under ${filterSubject}`);
  }
}

/** Plays the workers. */
async function deliverEverything({ cluster }: Site): Promise<void> {
  for (const { spec } of await cluster.listStreams())
    if (spec.retention === 'workqueue') await cluster.purge(spec.name, '>');
}

async function applyUntilNothing(flows: readonly FlowModel[], { site, story, counts }: Round): Promise<void> {
  for (let applies = 0; applies < maxApplies; applies++) {
    const outcome = await applyOnce(flows, site, { done: false });
    counts.applies++;
    story.push(`  → ${tell(outcome)}`);
    if (outcome === undefined || outcome.kind === 'failed') continue;
    assert.equal(outcome.kind, 'applied', 'refused');
    if (outcome.changes.length > 0) continue;
    const { changes, drift, refusals } = await planOnce(flows, applyPorts(site));
    assert.deepEqual({ changes, drift, refusals }, { changes: [], drift: [], refusals: [] });
    return;
  }
  assert.fail(`after ${maxApplies} applies there are still changes`);
}

async function planOnce(flows: readonly FlowModel[], ports: ApplyPorts) {
  const options = { prune: true, allowMassDelete: true };
  const request = { flows: graphsOf(flows), tenant: 'default', owner, options };
  const { value } = await openDeployment(ports).plan(request);
  assert.ok(value);
  return value;
}

/** Undefined when it died while planning. */
export async function applyOnce(
  flows: readonly FlowModel[],
  site: Site,
  crash: CrashPlan,
): Promise<ApplyOutcome | undefined> {
  const noWorkers = { answers: [], isHeard: false };
  const ports = crashingPorts({ ...applyPorts(site), askWorkers: async () => noWorkers }, crash);
  try {
    const plan = await planOnce(flows, ports);
    return await openDeployment(ports).apply(plan, {
      healthPatienceMs: 0,
      drainPatienceMs: 0,
      lockTtlMs: 5_000,
    });
  } catch {
    return undefined;
  }
}

function tell(outcome: ApplyOutcome | undefined): string {
  if (outcome === undefined) return 'died while planning';
  switch (outcome.kind) {
    case 'applied':
      return `applied: ${outcome.changes.map(({ actions, object }) => `${actions.join('+')} ${object.kind} ${object.name}`).join(', ')}`;
    case 'refused':
      return `refused: ${outcome.refusals.map(({ message }) => message).join('; ')}`;
    case 'failed':
      return `failed: ${outcome.code} ${outcome.message}`;
  }
}
