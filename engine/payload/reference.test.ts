// References come out as they went in; what is no reference is refused with the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiryOf, newObjectKey } from './object-key.ts';
import { decodeReference, encodeReference, type PayloadReference } from './reference.ts';

const reference: PayloadReference = {
  store: 'default',
  key: 'orders/1700000000000-00112233445566778899aabbccddeeff',
  size: 7,
  contentType: 'text/csv',
  sha256: 'a'.repeat(64),
  expiresAt: 1_700_000_000_000,
};

test('a reference comes out as it went in', () => {
  assert.deepEqual(decodeReference(encodeReference(reference)), reference);
});

test('a reference of a later version is refused by its number', () => {
  const later = Buffer.from(JSON.stringify({ ...reference, version: 2 }));
  assert.throws(() => decodeReference(later), { code: 'VRS8504', message: /version 2, this engine reads 1/ });
});

for (const [member, value] of [
  ['store', ''],
  ['key', 7],
  ['size', -1],
  ['size', 1.5],
  ['contentType', null],
  ['sha256', 'A'.repeat(64)],
  ['expiresAt', 'tomorrow'],
] as const) {
  test(`a reference whose ${member} is ${JSON.stringify(value)} is refused`, () => {
    const wrong = Buffer.from(JSON.stringify({ version: 1, ...reference, [member]: value }));
    assert.throws(() => decodeReference(wrong), { code: 'VRS8504' });
  });
}

test('bytes that are no JSON object are refused', () => {
  for (const text of ['', '{', 'null', '[]', '1'])
    assert.throws(() => decodeReference(Buffer.from(text)), { code: 'VRS8504' });
});

test('a key tells its expiry, and no two are the same', () => {
  const key = newObjectKey('orders', 1_700_000_000_000);
  assert.equal(expiryOf(key), 1_700_000_000_000);
  assert.notEqual(newObjectKey('orders', 1_700_000_000_000), key);
});

test('names that are not ours have no expiry', () => {
  for (const name of ['report.csv', '../1-00112233445566778899aabbccddeeff', `${reference.key}.tmp`])
    assert.equal(expiryOf(name), undefined);
});
