// Compressed bodies come out whole, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { decodeContentEncoding, isIdentity, isKnownEncoding } from './content-encoding.ts';

const text = Buffer.from('{"hello":"world"}');

test('every known coding is undone', async () => {
  const encoded = {
    gzip: gzipSync(text),
    'X-GZip': gzipSync(text),
    deflate: deflateSync(text),
    br: brotliCompressSync(text),
  };
  for (const [coding, body] of Object.entries(encoded)) {
    assert.ok(isKnownEncoding(coding));
    assert.deepEqual(
      await decodeContentEncoding(coding, body, 1000),
      { kind: 'decoded', body: text },
      coding,
    );
  }
});

test('no coding at all changes nothing', async () => {
  for (const coding of [undefined, '', 'identity', ' Identity ']) {
    assert.ok(isIdentity(coding) && isKnownEncoding(coding));
    assert.deepEqual(await decodeContentEncoding(coding, text, 1000), { kind: 'decoded', body: text });
  }
});

test('unknown codings and chains of codings are not known', () => {
  for (const coding of ['compress', 'gzip, br', 'zstd', 'constructor', '__proto__'])
    assert.ok(!isKnownEncoding(coding), coding);
});

test('a bomb stops at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  assert.ok(bomb.length < 100_000);
  assert.deepEqual(await decodeContentEncoding('gzip', bomb, 1_000_000), { kind: 'too-large' });
});

test('a body that is not what it says is malformed', async () => {
  assert.equal((await decodeContentEncoding('gzip', text, 1000)).kind, 'malformed');
  assert.equal((await decodeContentEncoding('br', gzipSync(text), 1000)).kind, 'malformed');
  assert.equal((await decodeContentEncoding('gzip', gzipSync(text).subarray(0, 20), 1000)).kind, 'malformed');
});
