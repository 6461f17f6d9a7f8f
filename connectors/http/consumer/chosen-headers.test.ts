// Which headers travel on: chosen ones, never credentials by accident.
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { compileHeaderChoice } from './chosen-headers.ts';

function chosen(
  from: IncomingHttpHeaders,
  names?: readonly string[],
  withheld?: readonly string[],
): Record<string, string> {
  const to: Record<string, string> = {};
  compileHeaderChoice(names, withheld)(from, to);
  return to;
}

test('by default context travels and credentials stay', () => {
  const harmless = {
    'user-agent': 'GitHub',
    'x-github-event': 'push',
    'webhook-id': '1',
    'idempotency-key': 'k',
    traceparent: '00-1',
    'ce-type': 't',
  };
  const private_ = {
    authorization: 'a',
    cookie: 'c',
    'x-api-key': 'k',
    'x-gitlab-token': 't',
    'x-hub-signature-256': 's',
    'webhook-signature': 's',
    'x-amz-security-token': 't',
    'x-auth-user': 'u',
    'x-session-id': 's',
    'proxy-authorization': 'p',
  };
  assert.deepEqual(
    chosen({ ...harmless, ...private_, accept: '*/*', 'content-type': 'a/b', host: 'h' }),
    harmless,
  );
});

test('a list replaces the default; a full name reaches what a pattern does not', () => {
  const from = { 'x-a': '1', 'x-b-c': '2', 'x-api-key': 'k', 'user-agent': 'u' };
  assert.deepEqual(chosen(from, ['X-A']), { 'x-a': '1' });
  assert.deepEqual(chosen(from, []), {});
  assert.deepEqual(chosen(from, ['*']), { 'x-a': '1', 'x-b-c': '2', 'user-agent': 'u' });
  assert.deepEqual(chosen(from, ['x-api-key', 'x-b-*']), { 'x-b-c': '2', 'x-api-key': 'k' });
});

test('authorization, cookies and the proof of the caller never travel', () => {
  const from = { authorization: 'a', cookie: 'c', 'x-proof': 'p' };
  assert.deepEqual(chosen(from, ['authorization', 'cookie', 'x-proof', '*'], ['x-proof']), {});
});

test('a repeated header becomes one, and a thousand names from outside do no harm', () => {
  assert.deepEqual(chosen({ 'x-a': ['1', '2'] as unknown as string }), { 'x-a': '1, 2' });
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x-h${index}`, 'v']));
  assert.equal(Object.keys(chosen(many)).length, 1000);
});
