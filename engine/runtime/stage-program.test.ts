import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stage, StageNode, StepNode, Target } from '../compile/program.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';
import type { Message } from '../payload/message.ts';
import { StepError, type StepRun, type StepType } from '../steps/contract.ts';
import type { Outputs } from './outputs.ts';
import { StageFailure } from './stage-failure.ts';
import { compileStage } from './stage-program.ts';

const message = {
  id: 'm',
  headers: {},
  key: undefined,
  acceptedAt: 0,
  flow: 'f',
  attempt: 1,
} as unknown as Message;
const node = (name: string): Target => ({ kind: 'node', node: name });
const producer = (name: string): StageNode => ({
  kind: 'producer',
  name,
  type: 'log',
  config: {},
  batch: batchOf(),
  breaker: breakerOf(),
});

function stepNode(name: string, to: readonly Target[], more: Partial<StepNode> = {}): StageNode {
  return { kind: 'step', name, type: name, config: {}, to, onError: { kind: 'fail' }, ...more };
}

/** A stage of these nodes whose step types are the given functions, by step name. */
function run(nodes: readonly StageNode[], steps: Readonly<Record<string, StepRun>>) {
  const [entry] = nodes as readonly [StageNode];
  const stage: Stage = {
    name: entry.name,
    reason: 'ingress',
    subject: 's',
    durable: 'd',
    entry: entry.name,
    nodes: Object.fromEntries(nodes.map((one) => [one.name, one])),
  };
  const types = Object.fromEntries(
    Object.entries(steps).map(([type, step]): [string, StepType<unknown>] => [
      type,
      { type, compile: () => step },
    ]),
  );
  const log: string[] = [];
  const outputs: Outputs = {
    publish: (target, { id }) => void log.push(`publish ${target.stage} ${id}`),
    deliver: (name, { id }) => void log.push(`deliver ${name} ${id}`),
    filter: (name, reason) => void log.push(`filter ${name} ${reason}`),
  };
  const context = {
    flow: 'f',
    step: 's',
    claim: (_key: string, holder: string) => Promise.resolve(holder),
    lookup: () => assert.fail(),
  };
  const pending = compileStage(stage, types, () => context)(message, outputs);
  return { log, pending };
}

const pass: StepRun = (passed) => ({ kind: 'pass', message: passed });
const fail =
  (retryable: boolean): StepRun =>
  () => {
    throw new StepError('VRS4101', 'no such field', { retryable });
  };

test('synchronous steps run without a promise, in order', () => {
  const { log, pending } = run([stepNode('a', [node('b')]), stepNode('b', [node('out')]), producer('out')], {
    a: pass,
    b: pass,
  });
  assert.equal(pending, undefined);
  assert.deepEqual(log, ['deliver out m']);
});

test('the longest chain of steps that the schema lets through runs', () => {
  const names = Array.from({ length: 500 }, (_, i) => `s${i}`);
  const steps = names.map((name, i) => stepNode(name, [node(names[i + 1] ?? 'out')]));
  const { log } = run([...steps, producer('out')], Object.fromEntries(names.map((name) => [name, pass])));
  assert.deepEqual(log, ['deliver out m']);
});

test('an asynchronous step is waited for', async () => {
  const { log, pending } = run([stepNode('a', [node('out')]), producer('out')], {
    a: async (passed) => ({ kind: 'pass', message: passed }),
  });
  await pending;
  assert.deepEqual(log, ['deliver out m']);
});

test('a dropped message is filtered by the step that dropped it', () => {
  const { log } = run([stepNode('a', [node('out')]), producer('out')], {
    a: () => ({ kind: 'drop', reason: 'too small' }),
  });
  assert.deepEqual(log, ['filter a too small']);
});

test('every part of a split is published', async () => {
  const parts = [1, 2, 3].map((number) => ({ ...message, id: `m.${number}` }));
  const next: Target = { kind: 'stage', stage: 'next', subject: 'flow.f.next' };
  const { log, pending } = run([stepNode('a', [next])], { a: () => ({ kind: 'split', messages: parts }) });
  await pending;
  assert.deepEqual(log, ['publish next m.1', 'publish next m.2', 'publish next m.3']);
});

test('copies that may meet again carry ids of their own, whatever else the message went to', async () => {
  const targets: readonly Target[] = [
    { kind: 'node', node: 'out', copy: true },
    { kind: 'stage', stage: 'next', subject: 'flow.f.next', copy: true },
    { kind: 'stage', stage: 'aside', subject: 'flow.f.aside' },
  ];
  const { log } = run([stepNode('a', targets), producer('out')], { a: pass });
  assert.deepEqual(log, ['deliver out m~out', 'publish next m~next', 'publish aside m']);
});

test('a failure names its step and keeps its code', () => {
  const failing = () =>
    run([stepNode('a', [node('b')]), stepNode('b', [node('out')]), producer('out')], {
      a: pass,
      b: fail(false),
    });
  assert.throws(
    failing,
    (error) =>
      error instanceof StageFailure && error.node === 'b' && error.code === 'VRS4101' && !error.retryable,
  );
});

test('onError decides what follows a permanent failure', () => {
  const outcomes = (['drop', 'continue'] as const).map(
    (kind) =>
      run([stepNode('a', [node('out')], { onError: { kind } }), producer('out')], { a: fail(false) }).log,
  );
  assert.deepEqual(outcomes, [['filter a dropped on error: no such field'], ['deliver out m']]);
  const onError = { kind: 'to', targets: [node('errors')] } as const;
  const { log } = run([stepNode('a', [node('out')], { onError }), producer('out'), producer('errors')], {
    a: fail(false),
  });
  assert.deepEqual(log, ['deliver errors m']);
});

test('a failure that may pass is retried whatever onError says', () => {
  const failing = () =>
    run([stepNode('a', [node('out')], { onError: { kind: 'drop' } }), producer('out')], { a: fail(true) });
  assert.throws(failing, (error) => error instanceof StageFailure && error.retryable);
});

test('a failing step after a step with onError is not caught by it', () => {
  const nodes = [
    stepNode('a', [node('b')], { onError: { kind: 'drop' } }),
    stepNode('b', [node('out')]),
    producer('out'),
  ];
  assert.throws(
    () => run(nodes, { a: pass, b: fail(false) }),
    (error) => error instanceof StageFailure && error.node === 'b',
  );
});
