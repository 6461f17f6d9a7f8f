// Signatures agree with what the schemes' own authors publish.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PermanentError } from '../errors.ts';
import { hmacKey, hmacSignature, standardWebhooksDigest, standardWebhooksKey } from './signature.ts';

test("GitHub's documented example is signed as GitHub does", () => {
  const scheme = { algorithm: 'sha256', encoding: 'hex', prefix: 'sha256=' } as const;
  assert.equal(
    hmacSignature(scheme, hmacKey("It's a Secret to Everybody"), Buffer.from('Hello, World!')),
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('RFC 2202 and RFC 4231 test case 2 come out in the chosen encoding', () => {
  const body = Buffer.from('what do ya want for nothing?');
  const key = hmacKey('Jefe');
  assert.equal(
    hmacSignature({ algorithm: 'sha1', encoding: 'hex', prefix: '' }, key, body),
    'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  );
  assert.equal(
    hmacSignature({ algorithm: 'sha256', encoding: 'base64', prefix: '' }, key, body),
    Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64'),
  );
});

test('the example of the Standard Webhooks libraries is signed as they do', () => {
  const key = standardWebhooksKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const digest = standardWebhooksDigest(
    key,
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '1614265330',
    Buffer.from('{"test": 2432232314}'),
  );
  assert.equal(digest.toString('base64'), 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('a secret that is none is refused without repeating it', () => {
  for (const secret of ['', 'whsec_', 'whsec_short', 'whsec_not base64 at all, really not!!']) {
    assert.throws(
      () => standardWebhooksKey(secret),
      (error: Error) =>
        error instanceof PermanentError &&
        (secret === '' || !error.message.includes(secret.slice(6) || 'nothing')),
    );
  }
  assert.throws(() => hmacKey(''), PermanentError);
});
