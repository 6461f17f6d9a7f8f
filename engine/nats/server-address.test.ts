import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddresses } from './server-address.ts';

test('addresses are read with and without scheme and port', () => {
  const { hosts, tls, login } = parseAddresses(['nats://a:1', ' b ', 'c:3', 'nats://[::1]:4']);
  assert.deepEqual([hosts, tls, login], [['a:1', 'b:4222', 'c:3', '[::1]:4'], false, undefined]);
});

test('tls:// demands TLS', () => {
  assert.equal(parseAddresses(['tls://a', 'nats://b']).tls, true);
});

test('who one is may stand before the host, and shows nowhere else', () => {
  const withPassword = parseAddresses(['nats://me:p%40ss@a', 'b']);
  assert.deepEqual(withPassword.login, { user: 'me', pass: 'p@ss' });
  assert.deepEqual(withPassword.hosts, ['a:4222', 'b:4222']);
  assert.deepEqual(parseAddresses(['nats://t0ken@a']).login, { token: 't0ken' });
});

for (const [address, why] of [
  ['http://me:secret@a:4222', /http:\/\/ is not spoken/],
  ['nats://me:secret@a:99999', /no address/],
  ['nats://', /no address/],
  ['', /empty/],
] as const) {
  test(`${address === '' ? 'nothing' : address} is refused without repeating a password`, () => {
    assert.throws(
      () => parseAddresses([address]),
      ({ code, message, help }: Error & { code: string; help: string }) =>
        code === 'VRS8001' && why.test(message) && !/secret/.test(message) && /tls:\/\//.test(help),
    );
  });
}
