// One revision after the other applied under load: steps, producers, stages, order and the flow's own name change.
import assert from 'node:assert/strict';
import type { Deployment } from '../../../engine/apply/deployment.ts';
import { openDeployment } from '../../../engine/apply/open-deployment.ts';
import { checkSources } from '../../../engine/flow/check.ts';
import { applyPorts } from '../../../engine/nats/apply-ports.ts';
import { report } from '../accounts.ts';
import { type Arena, keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import { manifestOf, portVariable } from '../tortured-flow.ts';
import { type TortureCase, withArena } from './case.ts';

const perSecond = 2_000;
const revisionsByTheClock = 50;
const owner = 'cli';

/** What changes from one revision to the next; the list is gone through again and again. */
const variants: readonly ((number: number) => { readonly steps: string; readonly spec?: string })[] = [
  (number) => ({ steps: steps(`"revision": ${number}`) }),
  () => ({ steps: steps('"second": true'), spec: 'second' }),
  (number) => ({ steps: steps(`"revision": ${number}`, 'durable: true'), spec: 'second' }),
  () => ({ steps: steps('"third": true', 'durable: true') }),
  (number) => ({ steps: steps(`"revision": ${number}`), spec: '  ordering: { key: key, lanes: 4 }' }),
  () => ({ steps: steps('"unordered": true') }),
];

function steps(field: string, policy = 'durable: false'): string {
  return `
    - name: tenth
      type: filter
      when: |
        id % 10 != 0
    - name: poison
      type: map
      ${policy}
      expression: |
        id % 10 = 1 ? $error("poison") : { "id": id, ${field} }`;
}

function manifest(sink: string, number: number): string {
  const variant = variants[number % variants.length]?.(number) ?? { steps: steps('"first": true') };
  const { spec = '' } = variant;
  const text = manifestOf(sink, { steps: variant.steps, spec: spec === 'second' ? '' : spec });
  // Beside the sink: every message then reaches two producers, each with a stage of its own.
  const wired =
    spec === 'second'
      ? text.replace('  delivery:', '    - { name: second, type: log, level: debug }\n  delivery:')
      : text;
  // Every seventh revision has another name.
  const [name, former] = [nameOf(number), nameOf(number - 1)];
  const renamed = name === former ? '' : `\n  renamedFrom: ${former}`;
  return wired.replace('name: torture', `name: ${name}${renamed}`);
}

function nameOf(number: number): string {
  const turn = Math.floor(Math.max(0, number) / 7);
  return turn === 0 ? 'torture' : `torture-${turn}`;
}

async function applyRevision(number: number, arena: Arena, deployment: Deployment): Promise<void> {
  const source = { file: 'torture.vrsky.yaml', text: manifest(arena.sink.url, number) };
  const { value, diagnostics } = await checkSources([source], {
    env: (name) => (name === portVariable ? '0' : undefined),
  });
  assert.deepEqual(diagnostics, []);
  const request = { flows: value.flows, tenant: 'default', owner, options: { prune: true } };
  const { value: plan } = await deployment.plan(request);
  assert.ok(plan);
  const outcome = await deployment.apply(plan, { healthPatienceMs: 120_000 });
  assert.equal(outcome.kind, 'applied', JSON.stringify(outcome));
  assert.ok(outcome.kind === 'applied' && outcome.health.workers > 0, 'no worker answered');
  assert.ok(outcome.changes.length > 0, `revision ${number} changed nothing`);
}

export const revisions: TortureCase = {
  about:
    '50 revisions applied one after the other at 2,000 messages a second: steps, producers, stages, order, the name of the flow',
  run: ({ extent }) =>
    withArena({}, async (arena) => {
      const count = 'ms' in extent ? revisionsByTheClock : extent.hurts;
      await arena.engine.start();
      const connected = await arena.connect();
      const over = new AbortController();
      const began = performance.now();
      const feeding = feed({
        urls: arena.hooks,
        concurrency: keys,
        rate: perSecond,
        stop: over.signal,
      });
      try {
        const deployment = openDeployment(applyPorts(connected));
        for (let number = 1; number <= count; number++) await applyRevision(number, arena, deployment);
      } finally {
        over.abort();
        await connected.broker.close();
      }
      const fed = await feeding;
      const seconds = (performance.now() - began) / 1000;
      await arena.drained();
      const accounts = await arena.accounts(fed, Math.round(fed.accepted.size / seconds));
      return report(accounts, [
        `${count} revisions in ${Math.round(seconds)} s`,
        `${fed.refused} offers refused and made again`,
      ]);
    }),
};
