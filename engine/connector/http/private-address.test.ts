// Which addresses count as private, also when they hide in another notation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardedLookup, isPrivateAddress, literalAddress, PrivateAddressError } from './private-address.ts';

test('loopback, private, link-local and metadata addresses are private', () => {
  for (const address of [
    '127.0.0.1',
    '127.255.0.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
  ]) {
    assert.ok(isPrivateAddress(address), address);
  }
});

test('IPv4 addresses inside IPv6 ones are looked at', () => {
  for (const address of ['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::']) {
    assert.ok(isPrivateAddress(address), address);
  }
});

test('public addresses are not private', () => {
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
    assert.ok(!isPrivateAddress(address), address);
  }
});

test('an address in any notation a URL allows is recognised', () => {
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
  ]) {
    const address = literalAddress(new URL(`http://${host}/`));
    assert.ok(address !== undefined && isPrivateAddress(address), host);
  }
  assert.equal(literalAddress(new URL('http://example.com/')), undefined);
});

test('a name with one private address among public ones is refused', () => {
  const answers = [
    { address: '8.8.8.8', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ];
  guardedLookup(
    'rebound.example',
    {},
    (error) => assert.ok(error instanceof PrivateAddressError),
    (_name, _options, done) => done(null, answers),
  );
});

test('a public name resolves as usual, to one address or all', () => {
  const answers = [{ address: '8.8.8.8', family: 4 }];
  const resolve = (
    _name: string,
    _options: object,
    done: (error: null, addresses: { address: string; family: number }[]) => void,
  ): void => done(null, answers);
  guardedLookup(
    'ok.example',
    {},
    (error, address, family) => assert.deepEqual([error, address, family], [null, '8.8.8.8', 4]),
    resolve,
  );
  guardedLookup(
    'ok.example',
    { all: true },
    (error, addresses) => assert.deepEqual([error, addresses], [null, answers]),
    resolve,
  );
});
