import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHoles, resolveHoles } from './holes.ts';

const lookup = {
  env: (name: string) => ({ HOST: 'example.org', EMPTY: '', TRICK: '${secret:KEY}' })[name],
  secret: (name: string) => ({ KEY: 'sesame' })[name],
};

test('references on string leaves are filled in, at any depth', () => {
  const config = {
    url: 'https://${env:HOST}/x',
    auth: { token: '${secret:KEY}' },
    list: ['${env:HOST}', 1, null, true],
  };
  assert.deepEqual(resolveHoles(config, lookup), {
    value: { url: 'https://example.org/x', auth: { token: 'sesame' }, list: ['example.org', 1, null, true] },
    missing: [],
    secrets: ['sesame'],
  });
});

test('what cannot be found is named once and stays as it is', () => {
  const { value, missing } = resolveHoles({ a: '${env:NO}${env:NO}', b: '${secret:GONE}' }, lookup);
  assert.deepEqual(missing, ['${env:NO}', '${secret:GONE}']);
  assert.deepEqual(value, { a: '${env:NO}${env:NO}', b: '${secret:GONE}' });
});

test('a default stands in for an unset variable, but not for an empty one', () => {
  const { value, missing } = resolveHoles(
    ['${env:NO:-fallback}', '${env:EMPTY:-fallback}', '${env:NO:-}'],
    lookup,
  );
  assert.deepEqual([value, missing], [['fallback', '', ''], []]);
});

test('a doubled dollar keeps the reference as text', () => {
  assert.equal(resolveHoles('$${env:HOST} is ${env:HOST}', lookup).value, '${env:HOST} is example.org');
});

test('a value that was looked up is not searched for references', () => {
  assert.equal(resolveHoles('${env:TRICK}', lookup).value, '${secret:KEY}');
});

test('keys, other dollars and braces are left alone', () => {
  const config = { '${env:HOST}': '$5 {{ x }} $sum(a) ${"k": v} $' };
  assert.deepEqual(resolveHoles(config, lookup).value, config);
});

test('a reference knows where it stands', () => {
  assert.deepEqual(findHoles('a ${env:B:-c} ${secret:d.e}'), [
    { kind: 'env', name: 'B', fallback: 'c', start: 2, end: 13 },
    { kind: 'secret', name: 'd.e', fallback: undefined, start: 14, end: 27 },
  ]);
});
