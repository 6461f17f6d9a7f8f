import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAlone } from '../compile/compile.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { graphOf, route, step } from '../compile/sample-graph.ts';
import { checkSources } from '../flow/check.ts';
import type { FlowGraph, StepDefinition } from '../flow/graph.ts';
import { flowFields } from './flow-fields.ts';
import type { FieldChange } from './plan.ts';

const flowOf = (...steps: readonly StepDefinition[]) =>
  compileAlone(graphOf('a', [(steps[0] as StepDefinition).name], steps, ['out', 'aside']))
    .value as CompiledFlow;
/** Of the steps: what no step leads to is not in a program at all. */
const changes = (before: CompiledFlow, after: CompiledFlow) =>
  flowFields(before, after).filter(({ path }) => path.startsWith('steps.'));
const changed = (before: StepDefinition, after: StepDefinition) => changes(flowOf(before), flowOf(after));

test('routes are compared as they were written', () => {
  const routed = (when: string) => ({
    ...route('by', ['out', 'aside']),
    config: { routes: [{ when, to: 'out' }], otherwise: 'aside' },
  });
  assert.deepEqual(changed(routed('a'), routed('b')), [
    {
      path: 'steps.by.routes',
      before: [{ when: 'a', to: 'out' }],
      after: [{ when: 'b', to: 'out' }],
    },
  ]);
});

test("a converter's format and its wiring are different things", () => {
  const converting = (format: string, target: string) =>
    step('parse', 'convert', [target], { config: { from: 'xml', to: format } });
  assert.deepEqual(changed(converting('json', 'out'), converting('csv', 'aside')), [
    { path: 'steps.parse.next', before: ['out'], after: ['aside'] },
    { path: 'steps.parse.to', before: 'json', after: 'csv' },
  ]);
});

test('where failed messages go is told by name', () => {
  const failing = (to: string) => step('shape', 'map', ['out'], { onError: { kind: 'to', to: [to] } });
  assert.deepEqual(changed(failing('out'), failing('aside')), [
    { path: 'steps.shape.onError.to', before: ['out'], after: ['aside'] },
  ]);
});

test('that copies have ids of their own is no field of the manifest', () => {
  const copying = step('both', 'set', ['left', 'right']);
  const flow = (to: string) => flowOf(copying, step('left', 'map', ['out']), step('right', 'map', [to]));
  assert.deepEqual(changes(flow('aside'), flow('out')), [
    { path: 'steps.right.to', before: ['aside'], after: ['out'] },
  ]);
});

test('a record that somebody meddled with is compared all the same', () => {
  const flow = flowOf(step('shape', 'map', ['out']));
  const [stage] = flow.stages;
  const nodes = { ...stage?.nodes, shape: { kind: 'step', name: 'shape', type: 'map' } };
  const meddled = { ...flow, stages: [{ ...stage, nodes }] } as unknown as CompiledFlow;
  assert.deepEqual(
    changes(meddled, flow).map(({ path }) => path),
    ['steps.shape.onError', 'steps.shape.to'],
  );
});

test('an edit of a policy is shown as it is written', async () => {
  const manifest = {
    flow: '  stream: shared',
    step: 'expression: $',
    producer: 'throttle: { rate: 10/s }',
  };
  const compiled = async ({ flow, step: shaped, producer }: typeof manifest) => {
    const text = [
      'apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: a }\nspec:',
      flow,
      '  consumers: [{ name: in, type: schedule, every: 1m }]',
      '  steps:\n    - { name: first, type: set, remove: [b] }',
      `    - { name: shape, type: map, ${shaped} }`,
      `  producers: [{ name: out, type: nats, servers: ["nats://127.0.0.1:4222"], subject: out, ${producer} }]`,
    ].join('\n');
    const { value, diagnostics } = await checkSources([{ file: 'a.yaml', text }], {});
    assert.deepEqual(diagnostics, []);
    return compileAlone(value.flows[0] as FlowGraph).value as CompiledFlow;
  };
  const edits: readonly (readonly [Partial<typeof manifest>, readonly FieldChange[]])[] = [
    [
      { producer: 'throttle: { rate: 6/m, concurrency: 2 }' },
      [
        { path: 'producers.out.throttle.concurrency', after: 2 },
        { path: 'producers.out.throttle.rate', before: '10/s', after: '6/m' },
      ],
    ],
    [{ step: 'expression: $, durable: true' }, [{ path: 'steps.shape.durable', after: true }]],
    [
      { flow: '  delivery: { deadline: 90m, backoff: { initial: 250ms } }' },
      [
        { path: 'delivery.backoff.initial', before: '1s', after: '250ms' },
        { path: 'delivery.deadline', before: '1d', after: '90m' },
      ],
    ],
    [
      { flow: '  limits: { maxBytes: 1073741825B }' },
      [{ path: 'limits.maxBytes', before: '1GiB', after: '1073741825B' }],
    ],
    [
      { flow: '  throttle: { rate: 7/h }' },
      [
        { path: 'throttle.burst', after: 1 },
        { path: 'throttle.rate', after: '7/h' },
      ],
    ],
    [
      { flow: '  idempotency: { key: id, window: 1h }\n  payload: { inline: 64KiB }' },
      [
        { path: 'idempotency.key', after: 'id' },
        { path: 'idempotency.window', after: '1h' },
        { path: 'payload.inline', after: '64KiB' },
        { path: 'payload.maxValue', after: '64MiB' },
      ],
    ],
    [
      { producer: 'throttle: { rate: 10/s }, batch: { wait: 50ms }, breaker: { probe: 1m }' },
      [
        { path: 'producers.out.batch.wait', before: '0ms', after: '50ms' },
        { path: 'producers.out.breaker.probe', before: '5s', after: '1m' },
      ],
    ],
  ];
  for (const [edit, expected] of edits)
    assert.deepEqual(
      flowFields(await compiled(manifest), await compiled({ ...manifest, ...edit })),
      expected,
    );
});
