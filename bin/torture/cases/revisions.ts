// One revision after the other applied under load: steps, producers, stages, order and the flow's own name change.
import assert from 'node:assert/strict';
import type { ApplyOutcome, Deployment } from '../../../engine/apply/deployment.ts';
import { openDeployment } from '../../../engine/apply/open-deployment.ts';
import { checkSources } from '../../../engine/flow/check.ts';
import { applyPorts } from '../../../engine/nats/apply-ports.ts';
import type { Plan } from '../../../engine/plan/plan.ts';
import { type Report, report } from '../accounts.ts';
import { BusArena } from '../bus-arena.ts';
import type { TortureCase, TortureOptions } from './case.ts';

/** Short runs are for machines that do something else as well. */
const perSecond = { long: 2_000, short: 200 };
const revisionsByTheClock = 50;
/** Former stages that still hold messages then are taken away by a later apply. */
const patience = { healthPatienceMs: 120_000, drainPatienceMs: 1_000 } as const;

interface Variant {
  /** Merged into what the map makes. */
  readonly field: string;
  /** The map begins a stage. */
  readonly durable?: boolean;
  /** A second producer beside the sink: each has a stage then. */
  readonly second?: boolean;
  readonly spec?: string;
}

/** What changes from one revision to the next; the list is gone through again and again. */
const variants: readonly ((number: number) => Variant)[] = [
  (number) => ({ field: `"revision": ${number}` }),
  () => ({ field: '"second": true', second: true }),
  (number) => ({ field: `"revision": ${number}`, durable: true, second: true }),
  () => ({ field: '"third": true', durable: true }),
  (number) => ({ field: `"revision": ${number}`, spec: '  ordering: { key: key, lanes: 4 }' }),
  () => ({ field: '"unordered": true' }),
];

function manifest({ consumer, producer }: BusArena, number: number): string {
  const variant = variants[number % variants.length]?.(number) ?? { field: '"first": true' };
  const { field, durable = false, second = false, spec = '' } = variant;
  const [name, former] = [nameOf(number), nameOf(number - 1)];
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: ${name}${name === former ? '' : `\n  renamedFrom: ${former}`}
spec:
  consumers:
    - ${consumer}
  steps:
    - name: tenth
      type: filter
      when: |
        id % 10 != 0
    - name: poison
      type: map
      durable: ${durable}
      expression: |
        id % 10 = 1 ? $error("poison") : { "id": id, ${field} }
  producers:
    - ${producer}${second ? '\n    - { name: second, type: log, level: debug }' : ''}
${spec}
`;
}

/** Every seventh revision has another name. */
function nameOf(number: number): string {
  const turn = Math.floor(Math.max(0, number) / 7);
  return turn === 0 ? 'torture' : `torture-${turn}`;
}

async function planRevision(number: number, arena: BusArena, deployment: Deployment): Promise<Plan> {
  const source = { file: 'torture.vrsky.yaml', text: manifest(arena, number) };
  const { value, diagnostics } = await checkSources([source], { env: () => undefined });
  assert.deepEqual(diagnostics, []);
  const request = { flows: value.flows, tenant: 'default', owner: 'cli', options: { prune: true } };
  const { value: plan } = await deployment.plan(request);
  assert.ok(plan);
  return plan;
}

async function applyRevision(
  number: number,
  arena: BusArena,
  deployment: Deployment,
): Promise<Extract<ApplyOutcome, { readonly kind: 'applied' }>> {
  const outcome = await deployment.apply(await planRevision(number, arena, deployment), patience);
  assert.ok(outcome.kind === 'applied', `revision ${number}: ${JSON.stringify(outcome)}`);
  const { workers, stalled, behind } = outcome.health;
  assert.deepEqual({ number, workers, stalled, behind }, { number, workers: 1, stalled: [], behind: [] });
  return outcome;
}

/** When everything is through, the former stages go with the next apply, and then nothing is left to do. */
async function leftovers(
  number: number,
  arena: BusArena,
  deployment: Deployment,
): Promise<readonly string[]> {
  const { health } = await applyRevision(number, arena, deployment);
  const { changes } = await planRevision(number, arena, deployment);
  const names = changes.map(({ actions, object }) => `${actions.join('+')} ${object.kind}/${object.name}`);
  return [...health.draining.map(({ stage }) => `${stage} drains`), ...names].map(
    (what) => `after the last revision: ${what}`,
  );
}

async function run({ extent }: TortureOptions, arena: BusArena): Promise<Report> {
  const [count, rate] =
    'ms' in extent ? [revisionsByTheClock, perSecond.long] : [extent.hurts, perSecond.short];
  const deployment = openDeployment(applyPorts(arena.connected));
  const first = await deployment.apply(await planRevision(0, arena, deployment), patience);
  assert.equal(first.kind, 'applied');
  await arena.engine.start();
  const over = new AbortController();
  const feeding = arena.feed(rate, over.signal);
  const began = performance.now();
  let mostWaiting = 0;
  let longestMs = 0;
  try {
    for (let number = 1; number <= count; number++) {
      const startedAt = performance.now();
      const { changes } = await applyRevision(number, arena, deployment);
      assert.ok(changes.length > 0, `revision ${number} changed nothing`);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      mostWaiting = Math.max(mostWaiting, await arena.waiting());
    }
  } finally {
    over.abort();
  }
  const seconds = (performance.now() - began) / 1000;
  const fed = await feeding;
  await arena.drained();
  const left = await leftovers(count, arena, deployment);
  const notes = [
    `${count} revisions in ${Math.round(seconds)} s, the longest in ${Math.round(longestMs)} ms`,
    `${mostWaiting} messages under way at most`,
  ];
  return report(await arena.accounts(fed), notes, left);
}

export const revisions: TortureCase = {
  about: `${revisionsByTheClock} revisions applied one after the other at ${perSecond.long} messages a second: steps, producers, stages, order, the name of the flow`,
  run: async (options) => {
    const arena = await BusArena.open();
    try {
      return await run(options, arena);
    } finally {
      await arena.close();
    }
  },
};
