import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAlone } from '../compile/compile.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { graphOf, route, step } from '../compile/sample-graph.ts';
import type { StepDefinition } from '../flow/graph.ts';
import { flowFields } from './flow-fields.ts';

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
