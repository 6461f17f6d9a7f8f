import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf } from './describe-pass.ts';
import type { Pass } from './pass.ts';

const revision = { id: 'a'.repeat(40), label: 'main@aaaa' };
const settled: Pass = {
  outcome: 'requeue',
  revision,
  signers: ['ada'],
  changes: 0,
  health: 'healthy',
  drift: [],
  corrected: [],
  givenUp: [],
};

function shown(pass: Pass): Readonly<Record<string, string>> {
  return Object.fromEntries(
    findingsOf(pass).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
}

test('a pass that found everything in order', () => {
  assert.deepEqual(shown(settled), {
    Ready: 'True Succeeded',
    Reconciling: 'False Settled',
    Stalled: 'False Progressing',
    SourceVerified: 'True Trusted',
    Applied: 'True Applied',
    Healthy: 'True Running',
    DriftDetected: 'False InSync',
    Suspended: 'False Active',
  });
});

test('what may pass is reconciling, what needs somebody is stalled; stages that were not reached say nothing', () => {
  const problem = { stage: 'fetch', code: 'VRS7004', message: 'away' } as const;
  const retry = shown({ outcome: 'retry', problem, corrected: [], givenUp: [] });
  assert.equal(retry.Reconciling, 'True Retrying');
  assert.equal(retry.Stalled, 'False Progressing');
  assert.equal(retry.Healthy, undefined);
  assert.equal(retry.DriftDetected, undefined);
  const terminal = shown({
    outcome: 'terminal',
    problem: { ...problem, code: 'VRS7006' },
    corrected: [],
    givenUp: [],
  });
  assert.equal(terminal.Reconciling, 'False Settled');
  assert.equal(terminal.Stalled, 'True FetchFailed');
  assert.equal(terminal.Ready, 'False FetchFailed');
});

test('an unhealthy revision is applied all the same, and says what runs instead', () => {
  const pass: Pass = {
    ...settled,
    outcome: 'terminal',
    problem: { stage: 'health', code: 'VRS7023', message: 'orders cannot start' },
    health: { unhealthy: 'orders cannot start' },
    rolledBackTo: 'main@bbbb',
  };
  assert.equal(shown(pass).Applied, 'True Applied');
  assert.equal(shown(pass).Healthy, 'False Unhealthy');
  assert.match(findingsOf(pass)[0]?.message ?? '', /main@bbbb runs instead/);
});

test('drift that comes back says so', () => {
  const pass = { ...settled, drift: ['stream/X:maxBytes'], givenUp: ['stream/X:maxBytes'] };
  assert.equal(shown(pass).DriftDetected, 'True ComesBack');
  assert.equal(shown({ ...pass, givenUp: [] }).DriftDetected, 'True ChangedByHand');
});

test('a suspended source keeps what it had', () => {
  assert.deepEqual(shown({ outcome: 'requeue', suspended: 'by ada', corrected: [], givenUp: [] }), {
    Suspended: 'True Suspended',
    Reconciling: 'False Suspended',
  });
});
