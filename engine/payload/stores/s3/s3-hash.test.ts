import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignerHash } from './s3-hash.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const hex = async (hash: SignerHash) => Buffer.from(await hash.digest()).toString('hex');

test('hashes are those of Node.js, in parts and gone on with', async () => {
  const hash = new SignerHash();
  hash.update('one ');
  assert.equal(await hex(hash), createHash('sha256').update('one ').digest('hex'));
  hash.update(bytes('two').buffer);
  assert.equal(await hex(hash), createHash('sha256').update('one two').digest('hex'));
  hash.reset();
  assert.equal(await hex(hash), createHash('sha256').digest('hex'));
});

test('so are those with a secret: one after another, the same again, text and bytes', async () => {
  const secrets = ['first', 'second', 'first', bytes('first'), bytes('other').subarray(1), 'ключ'];
  for (const secret of [...secrets, ...secrets]) {
    const hash = new SignerHash(secret);
    hash.update(bytes('content'));
    assert.equal(await hex(hash), createHmac('sha256', secret).update('content').digest('hex'));
  }
});
