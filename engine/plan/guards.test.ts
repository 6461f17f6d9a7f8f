// Plans that delete far more than anybody meant are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import { graphOf } from '../compile/sample-graph.ts';
import { type Desired, defaultPlanOptions, type PlanOptions } from './plan.ts';
import { planProgram } from './plan-program.ts';
import type { ClusterState, FlowEntry, FlowRecord } from './state.ts';

const names = Array.from({ length: 10 }, (_, index) => `flow-${index}`);

function desired(flows: readonly string[], owner = 'platform'): Desired {
  const graphs = flows.map((name) => graphOf(name, ['out'], [], ['out']));
  const { value } = compile(graphs, { tenant: 'default' });
  assert.ok(value);
  return { owner, revision: 'r', flows: value.flows, renames: {} };
}

/** Ten flows of `platform` are applied. */
function state(): ClusterState {
  const { flows } = desired(names);
  const record = (flow: (typeof flows)[number]): FlowRecord => ({ flow, retiring: [] });
  const entry: FlowEntry = { owner: 'platform', revision: 'r', consumers: [] };
  return {
    buckets: new Map(),
    streams: new Map(),
    consumers: new Map(),
    suspensions: new Map(),
    waiting: new Map(),
    records: new Map(flows.map((flow) => [flow.name, { value: record(flow), revision: 1 }])),
    inventory: {
      flows: new Map(flows.map(({ name }) => [name, { value: entry, revision: 1 }])),
      streams: new Map(),
    },
  };
}

const codes = (wanted: Desired, options: Partial<PlanOptions>) =>
  planProgram(wanted, state(), { ...defaultPlanOptions, ...options }).plan.refusals.map(({ code }) => code);

test('an empty desired set deletes nothing unless that is said', () => {
  assert.deepEqual(codes(desired([]), { prune: true }), ['VRS6007']);
  assert.deepEqual(codes(desired([]), { prune: true, allowMassDelete: true }), []);
  assert.deepEqual(codes(desired([]), { prune: false }), []);
});

test('a few may go, more than half of many may not', () => {
  assert.deepEqual(codes(desired(names.slice(3)), { prune: true }), []);
  assert.deepEqual(codes(desired(names.slice(6)), { prune: true }), ['VRS6007']);
});

test("another owner's flow is refused by both names, and may be taken over", () => {
  const wanted = desired(['flow-1'], 'shop');
  const { refusals, changes } = planProgram(wanted, state(), { ...defaultPlanOptions, prune: true }).plan;
  assert.equal(refusals[0]?.code, 'VRS6005');
  assert.match(refusals[0]?.message ?? '', /flow-1 belongs to platform, and shop wants it too/);
  assert.deepEqual(
    changes.filter(({ actions }) => actions.includes('delete')),
    [],
  );
  assert.deepEqual(codes(wanted, { takeOver: ['platform'] }), []);
});
