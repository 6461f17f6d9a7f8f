// What a pass does about a revision that workers cannot run, when the way back fails as well. Ports are faked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplyOutcome, Deployment, Health } from '../../apply/deployment.ts';
import { emptyNotes, type Notes } from './notes.ts';
import { type PassSettings, reconcilePass } from './reconcile-pass.ts';

const never = new AbortController().signal;
const change = { actions: ['update'], object: { kind: 'flow', name: 'a' }, fields: [] };
const health: Health = { workers: 1, stalled: [], failing: [], behind: [], draining: [] };
const stalled: Health = { ...health, stalled: [{ flow: 'a', reason: 'no secret' }] };

const settings: PassSettings = {
  name: 'flows',
  tenant: 'default',
  prune: true,
  onFailure: 'rollback',
  healthPatienceMs: 1000,
  minReadyMs: 0,
  drift: { action: 'correct', ignore: [] },
  allow: { allowDataLoss: [], takeOver: [], allowMassDelete: false },
};

/** Applies one plan after the other come to these outcomes. */
function pass(notes: Notes, outcomes: ApplyOutcome[]) {
  const desired = { owner: 'flows', revision: 'main@good', flows: [], places: {}, renames: {} };
  const deployment = {
    plan: async () => ({ value: { changes: [change], drift: [], refusals: [], desired }, diagnostics: [] }),
    planRollback: async () => ({ changes: [change], drift: [], refusals: [], desired }),
    apply: async () => {
      const outcome = outcomes.shift();
      assert.ok(outcome, 'nothing more should be applied');
      return outcome;
    },
  } as unknown as Deployment;
  const parts = {
    origin: {
      fetch: async () => ({ id: 'bad', label: 'main@bad' }),
      verify: async () => undefined,
      read: async () => assert.fail('the compiler reads'),
    },
    compile: async () => [],
    deployment,
    askWorkers: async () => ({
      answers: [{ worker: 'one', running: [], stalled: [], failing: [] }],
      isHeard: true,
    }),
    now: () => 0,
  };
  return reconcilePass(settings, parts, notes, never);
}

const applied = (found: Health): ApplyOutcome => ({ kind: 'applied', changes: [], health: found });
const failed: ApplyOutcome = {
  kind: 'failed',
  code: 'VRS8107',
  message: 'away',
  retryable: true,
  changes: [],
  cause: undefined,
};

test('a way back that failed is tried again with every pass, the revision never', async () => {
  const first = await pass(emptyNotes, [applied(stalled), failed]);
  assert.equal(first.pass.problem?.code, 'VRS7023');
  assert.equal(first.pass.rolledBackTo, undefined);
  assert.equal(first.notes.revision, 'main@bad');
  const second = await pass(first.notes, [failed]);
  assert.equal(second.pass.problem?.code, 'VRS7021');
  const third = await pass(second.notes, [applied(health)]);
  assert.equal(third.pass.rolledBackTo, 'main@good');
  assert.equal(third.notes.revision, 'main@good');
  const fourth = await pass(third.notes, []);
  assert.deepEqual([fourth.pass.outcome, fourth.pass.problem?.code], ['terminal', 'VRS7021']);
});

test('a revision that fails a moment after it was started is given up like one that cannot start', async () => {
  const failing: Health = { ...health, failing: [{ flow: 'a', reason: 'in: no such queue' }] };
  const { pass: found } = await pass(emptyNotes, [applied(failing), applied(health)]);
  assert.deepEqual([found.outcome, found.problem?.code], ['terminal', 'VRS7023']);
  assert.match(found.problem?.message ?? '', /a cannot run: in: no such queue/);
  assert.equal(found.rolledBackTo, 'main@good');
});

test('what ran well before is not given up for trouble that comes later', async () => {
  const notes: Notes = { ...emptyNotes, healthy: 'bad' };
  const { pass: found, notes: after } = await pass(notes, [applied(stalled)]);
  assert.deepEqual([found.outcome, found.problem?.code, after.quarantine], ['retry', 'VRS7023', []]);
});
