// Who may hand in a message: right, wrong, missing, forged and replayed proofs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { PermanentError } from '../../../engine/connector/index.ts';
import type { IncomingAuth } from '../config.ts';
import { compileVerifier } from './verify.ts';

const now = 1_614_265_330_000;
const body = Buffer.from('{"test": 2432232314}');

/** Why it refuses, or undefined. */
function refusal(
  auth: IncomingAuth,
  headers: IncomingHttpHeaders,
  content = body,
  nowMs = now,
): string | undefined {
  const verifier = compileVerifier(auth);
  return verifier?.beforeBody?.(headers, nowMs) ?? verifier?.withBody?.(headers, content);
}

test('bearer: the token, any of several, and nothing else', () => {
  const auth: IncomingAuth = { type: 'bearer', token: ['old', 'new'] };
  for (const authorization of ['Bearer old', 'bearer new', 'Bearer  new '])
    assert.equal(refusal(auth, { authorization }), undefined);
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer ol',
    'Bearer oldx',
    'Bearer old new',
    'Basic old',
    'old',
  ]) {
    assert.ok(refusal(auth, authorization === undefined ? {} : { authorization }), String(authorization));
  }
});

test('basic: name and password together', () => {
  const auth: IncomingAuth = { type: 'basic', username: 'partner', password: 'pässword:with colon' };
  const credentials = (text: string): IncomingHttpHeaders => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  assert.equal(refusal(auth, credentials('partner:pässword:with colon')), undefined);
  for (const wrong of ['partner:', 'partner', 'other:pässword:with colon', 'partner:pässword', ':', ''])
    assert.ok(refusal(auth, credentials(wrong)), wrong);
  assert.ok(refusal(auth, {}));
  assert.ok(refusal(auth, { authorization: 'Basic ???' }));
});

test('hmac: the signature of this very body under one of the secrets', () => {
  const auth: IncomingAuth = {
    type: 'hmac',
    header: 'X-Hub-Signature-256',
    prefix: 'sha256=',
    secret: ['old', 's3cret'],
  };
  const sign = (secret: string, content: Buffer): string =>
    `sha256=${createHmac('sha256', secret).update(content).digest('hex')}`;
  const good = sign('s3cret', body);
  const check = (signature: string, content = body): string | undefined =>
    refusal(auth, { 'x-hub-signature-256': signature }, content);
  assert.equal(check(good), undefined);
  assert.equal(check(sign('old', body)), undefined);
  assert.ok(check(good, Buffer.concat([body, Buffer.from(' ')])));
  assert.ok(check(sign('wrong', body)));
  for (const wrong of [
    '',
    'sha256=',
    good.slice(7),
    good.slice(0, -1),
    `${good}00`,
    good.replace('sha256', 'sha1'),
    `sha256=${'zz'.repeat(32)}`,
  ]) {
    assert.ok(check(wrong), wrong);
  }
  assert.ok(refusal(auth, {}));
});

test('hmac: base64 and other hashes', () => {
  const auth: IncomingAuth = {
    type: 'hmac',
    header: 'x-shop-hmac',
    algorithm: 'sha512',
    encoding: 'base64',
    secret: 's3cret',
  };
  const signature = createHmac('sha512', 's3cret').update(body).digest('base64');
  assert.equal(refusal(auth, { 'x-shop-hmac': signature }), undefined);
  assert.ok(refusal(auth, { 'x-shop-hmac': signature.slice(0, -4) }));
});

const webhookHeaders = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const standard: IncomingAuth = {
  type: 'standard-webhooks',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

test("standard webhooks: the authors' own example, alone and among others", () => {
  assert.equal(refusal(standard, webhookHeaders), undefined);
  const several = `v1a,abc v2,def v1,AAAA ${webhookHeaders['webhook-signature']}`;
  assert.equal(refusal(standard, { ...webhookHeaders, 'webhook-signature': several }), undefined);
  const rotated: IncomingAuth = {
    ...standard,
    secret: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  };
  assert.equal(refusal(rotated, webhookHeaders), undefined);
});

test('standard webhooks: another body, id, time, version or secret is refused', () => {
  assert.ok(refusal(standard, webhookHeaders, Buffer.from('{}')));
  for (const change of [
    { 'webhook-id': 'msg_other' },
    { 'webhook-timestamp': '1614265331' },
    { 'webhook-signature': webhookHeaders['webhook-signature'].replace('v1,', 'v2,') },
    { 'webhook-signature': webhookHeaders['webhook-signature'].slice(3) },
    { 'webhook-signature': 'v1,' },
    { 'webhook-signature': '' },
    { 'webhook-id': '' },
    { 'webhook-timestamp': '' },
    { 'webhook-timestamp': '1614265330.0' },
    { 'webhook-timestamp': '-1614265330' },
  ]) {
    assert.ok(refusal(standard, { ...webhookHeaders, ...change }), JSON.stringify(change));
  }
  assert.ok(refusal({ ...standard, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }, webhookHeaders));
});

test('standard webhooks: an old message replayed, or one from the future, is refused', () => {
  const at = (ms: number): string | undefined => refusal(standard, webhookHeaders, body, now + ms);
  assert.equal(at(300_000), undefined);
  assert.equal(at(-300_000), undefined);
  assert.match(at(301_000) ?? '', /too far/);
  assert.match(at(-301_000) ?? '', /too far/);
  assert.equal(refusal({ ...standard, tolerance: '1h' }, webhookHeaders, body, now + 3_000_000), undefined);
});

test('secrets that would let everybody in are refused at the start', () => {
  const empty: readonly IncomingAuth[] = [
    { type: 'bearer', token: '' },
    { type: 'bearer', token: ['good', ''] },
    { type: 'bearer', token: [] },
    { type: 'basic', username: 'u', password: '' },
    { type: 'hmac', header: 'x', secret: '' },
    { type: 'standard-webhooks', secret: 'whsec_' },
  ];
  for (const auth of empty) assert.throws(() => compileVerifier(auth), PermanentError, JSON.stringify(auth));
});
