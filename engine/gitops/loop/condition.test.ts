import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, transitions, withFindings } from './condition.ts';

const finding = (
  type: Finding['type'],
  status: Finding['status'],
  reason = 'Because',
  message = '',
): Finding => ({ type, status, reason, message });

test('the time of a transition moves with the status and with nothing else', () => {
  const first = withFindings([], [finding('Ready', 'True')], 1000);
  const second = withFindings(first, [finding('Ready', 'True', 'Other', 'more')], 2000);
  assert.equal(second[0]?.lastTransitionTime, first[0]?.lastTransitionTime);
  assert.equal(second[0]?.message, 'more');
  const third = withFindings(second, [finding('Ready', 'False')], 3000);
  assert.equal(third[0]?.lastTransitionTime, new Date(3000).toISOString());
});

test('what is not found anew stays, and the order is always the same', () => {
  const first = withFindings([], [finding('Suspended', 'False'), finding('Ready', 'True')], 0);
  const second = withFindings(first, [finding('Stalled', 'True')], 0);
  assert.deepEqual(
    second.map(({ type }) => type),
    ['Ready', 'Stalled', 'Suspended'],
  );
});

test('another status or another reason is news, another message is not', () => {
  const before = withFindings([], [finding('Ready', 'False', 'FetchFailed', 'one')], 0);
  const same = withFindings(before, [finding('Ready', 'False', 'FetchFailed', 'two')], 1);
  assert.deepEqual(transitions(before, same), []);
  const reason = withFindings(before, [finding('Ready', 'False', 'BuildFailed')], 1);
  assert.deepEqual(
    transitions(before, reason).map(({ type, from }) => [type, from]),
    [['Ready', 'False']],
  );
});

test('a source that begins well only says that it is ready', () => {
  const after = withFindings(
    [],
    [
      finding('Ready', 'True'),
      finding('Reconciling', 'False'),
      finding('Stalled', 'False'),
      finding('SourceVerified', 'Unknown'),
      finding('Applied', 'True'),
      finding('Healthy', 'True'),
      finding('DriftDetected', 'False'),
      finding('Suspended', 'False'),
    ],
    0,
  );
  assert.deepEqual(
    transitions([], after).map(({ type }) => type),
    ['Ready', 'Applied'],
  );
});
