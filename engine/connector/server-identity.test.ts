import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { identityOf } from './server-identity.ts';

const certificate = (subjectaltname: string) => ({ subject: { CN: 'x' }, subjectaltname }) as PeerCertificate;

test('a server named by address must show a certificate for that address', () => {
  const { checkServerIdentity } = identityOf(['10.0.0.1', '[::1]']);
  assert.ok(checkServerIdentity);
  assert.equal(checkServerIdentity('localhost', certificate('IP Address:10.0.0.1')), undefined);
  assert.equal(checkServerIdentity('localhost', certificate('IP Address:0:0:0:0:0:0:0:1')), undefined);
  assert.ok(checkServerIdentity('localhost', certificate('IP Address:10.0.0.2')) instanceof Error);
  assert.ok(checkServerIdentity('localhost', certificate('DNS:localhost')) instanceof Error);
});

test('a server named by name must show a certificate for that name', () => {
  assert.deepEqual(identityOf(['bus.example.com', 'localhost']), {});
  const { checkServerIdentity } = identityOf(['localhost', '10.0.0.1']);
  assert.ok(checkServerIdentity);
  assert.equal(checkServerIdentity('localhost', certificate('DNS:localhost')), undefined);
  assert.ok(checkServerIdentity('bus.example.com', certificate('IP Address:10.0.0.1')) instanceof Error);
});
