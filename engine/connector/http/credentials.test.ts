// What requests carry to authenticate, and what never shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PermanentError } from '../errors.ts';
import { authRedactor, compileAuth, type OutgoingAuth } from './credentials.ts';

const signable = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  body: Buffer.from('{"test": 2432232314}'),
  nowMs: 1_614_265_330_999,
};

function headersFor(auth: OutgoingAuth | undefined): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  compileAuth(auth)(headers, signable);
  return headers;
}

test('fixed credentials go where their scheme puts them', () => {
  assert.deepEqual(headersFor(undefined), {});
  assert.deepEqual(headersFor({ type: 'bearer', token: 't0ken' }), { authorization: 'Bearer t0ken' });
  assert.deepEqual(headersFor({ type: 'basic', username: 'Aladdin', password: 'open sesame' }), {
    authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  });
  assert.deepEqual(headersFor({ type: 'header', name: 'X-Api-Key', value: 'k' }), { 'x-api-key': 'k' });
});

test('signatures cover the body', () => {
  assert.deepEqual(headersFor({ type: 'hmac', header: 'X-Sig', secret: 's', prefix: 'sha256=' }), {
    'x-sig': 'sha256=157340d5606dac28a58b0bc4788d9d80d60f987e38e4ecd5ff03701218aa73b3',
  });
});

test('a Standard Webhooks signature is the one its authors publish', () => {
  assert.deepEqual(
    headersFor({ type: 'standard-webhooks', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
    {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  );
});

test('credentials that would break the request are refused without being repeated', () => {
  const broken: readonly OutgoingAuth[] = [
    { type: 'bearer', token: 'abc\r\nx-admin: yes' },
    { type: 'basic', username: 'a:b', password: 'hidden' },
    { type: 'hmac', header: 'x', secret: '' },
    { type: 'standard-webhooks', secret: 'whsec_hidden' },
  ];
  for (const auth of broken) {
    assert.throws(
      () => compileAuth(auth),
      (error: Error) => error instanceof PermanentError && !/hidden|x-admin/.test(error.message),
    );
  }
});

test('credentials are taken out of what others wrote', () => {
  assert.equal(
    authRedactor({ type: 'bearer', token: 't0ken' })('invalid token t0ken!'),
    'invalid token ***!',
  );
  assert.equal(
    authRedactor({ type: 'basic', username: 'Aladdin', password: 'open sesame' })(
      'QWxhZGRpbjpvcGVuIHNlc2FtZQ== is open sesame',
    ),
    '*** is ***',
  );
  assert.equal(authRedactor(undefined)('nothing'), 'nothing');
});
