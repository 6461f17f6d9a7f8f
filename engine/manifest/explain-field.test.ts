import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainField } from './explain-field.ts';

test('a field is explained by its dotted path', () => {
  const text = explainField('flow.spec.delivery.attempts') ?? '';
  assert.match(text, /Tries at most\./);
  assert.match(text, /default: 8/);
});

test('steps and connectors are explained with their fields', () => {
  assert.match(explainField('steps.map') ?? '', /expression .*required/);
  assert.match(explainField('connectors.log.producer.level') ?? '', /one of: debug, info, warn, error/);
});

test('nothing is said about what does not exist', () => {
  for (const path of [
    'flow.nope',
    'steps.nope',
    'connectors.log.consumer',
    '',
    'flow.spec.delivery.attempts.more',
  ]) {
    assert.equal(explainField(path), undefined, path);
  }
});
