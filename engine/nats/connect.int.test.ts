import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { nkeys } from '@nats-io/nats-core';
import { withServer } from '../devserver/test-server.ts';
import { connectBroker } from './connect.ts';

test('a server that is not there is an error with what to do', async () => {
  const connecting = connectBroker({ servers: ['nats://127.0.0.1:1'], name: 'test' });
  await assert.rejects(
    connecting,
    (error: Error & { code?: string; help?: string }) =>
      error.code === 'VRS8001' && /127\.0\.0\.1:1/.test(error.message) && error.help !== undefined,
  );
});

test('a server that is too old is refused by name and version', async (t) => {
  const server = createServer((socket) => {
    socket.write(
      'INFO {"server_id":"X","server_name":"grandpa","version":"2.9.10","headers":true,"max_payload":1048576,"proto":1}\r\n',
    );
    socket.on('data', (data) => {
      if (/PING/.test(data.toString())) socket.write('PONG\r\n');
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { readonly port: number };
  await assert.rejects(connectBroker({ servers: [`nats://127.0.0.1:${port}`], name: 'test' }), {
    code: 'VRS8002',
    message: /grandpa.*2\.9\.10.*2\.14/,
  });
});

test('wrong credentials are refused', async (t) => {
  const server = await withServer(t, { config: 'authorization { user: a, password: b }' });
  await assert.rejects(connectBroker({ servers: [server.url], name: 'test' }), { code: 'VRS8001' });
});

test('user and password may stand in the address', async (t) => {
  const server = await withServer(t, { config: 'authorization { user: a, password: "p@b" }' });
  const { broker } = await connectBroker({
    servers: [`nats://a:p%40b@127.0.0.1:${server.port}`],
    name: 'test',
  });
  await broker.close();
  await assert.rejects(
    connectBroker({ servers: [`nats://a:secret@127.0.0.1:${server.port}`], name: 'test' }),
    ({ code, message }: Error & { code: string }) => code === 'VRS8001' && !/secret/.test(message),
  );
});

test('a credentials file lets its user in, one of another account does not', async (t) => {
  const { config, credentials, strangers } = operatorMode();
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-creds-'));
  t.after(() => rm(folder, { recursive: true }));
  const [own, other] = [path.join(folder, 'own.creds'), path.join(folder, 'other.creds')];
  await writeFile(own, credentials);
  await writeFile(other, strangers);
  const server = await withServer(t, { config });
  const { broker, cluster } = await connectBroker({
    servers: [server.url],
    credentialsFile: own,
    name: 'test',
  });
  assert.deepEqual(await cluster.listStreams(), []);
  await broker.close();
  await assert.rejects(connectBroker({ servers: [server.url], credentialsFile: other, name: 'test' }), {
    code: 'VRS8001',
  });
  await assert.rejects(connectBroker({ servers: [server.url], name: 'test' }), { code: 'VRS8001' });
});

test('TLS: tls:// is never answered in the clear, and a server is believed only with a known authority', async (t) => {
  const plain = await withServer(t);
  await assert.rejects(connectBroker({ servers: [`tls://127.0.0.1:${plain.port}`], name: 'test' }), {
    code: 'VRS8001',
    message: /tls/,
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  if (!makeCertificate(folder)) return t.skip('openssl not found: it makes the certificate');
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const server = await withServer(t, { config: `tls { cert_file: "${cert}", key_file: "${key}" }` });
  const servers = [`tls://127.0.0.1:${server.port}`];
  await assert.rejects(connectBroker({ servers, name: 'test' }), { code: 'VRS8001', message: /certificate/ });
  const { broker } = await connectBroker({ servers, tls: { caFile: cert }, name: 'test' });
  await broker.close();
  await assert.rejects(
    connectBroker({ servers, tls: { caFile: path.join(folder, 'none.pem') }, name: 'test' }),
    { code: 'VRS8001', message: /none\.pem/ },
  );
});

/** Answers false where there is no openssl. */
function makeCertificate(folder: string): boolean {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=nats'];
  const names = ['-keyout', 'key.pem', '-out', 'cert.pem', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    execFileSync('openssl', [...args, ...names], { cwd: folder, stdio: 'ignore' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A server configuration with one account, credentials of a user of it, and of a user that no account of the server has. */
function operatorMode() {
  const operator = nkeys.createOperator();
  const [system, account, stranger] = [
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createAccount(),
  ] as const;
  const operatorJwt = claim(operator, operator, { type: 'operator', system_account: system.getPublicKey() });
  const limits = { subs: -1, data: -1, payload: -1, conn: -1, leaf: -1, imports: -1, exports: -1 };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const systemJwt = claim(system, operator, { type: 'account', limits });
  const accountJwt = claim(account, operator, {
    type: 'account',
    limits: { ...limits, wildcards: true, ...storage },
  });
  return {
    config: `operator: ${operatorJwt}
      resolver: MEMORY
      resolver_preload: { ${system.getPublicKey()}: ${systemJwt}, ${account.getPublicKey()}: ${accountJwt} }`,
    credentials: credentialsOf(account),
    strangers: credentialsOf(stranger),
  };
}

function credentialsOf(account: ReturnType<typeof nkeys.createAccount>): string {
  const user = nkeys.createUser();
  const jwt = claim(user, account, { type: 'user', subs: -1, data: -1, payload: -1 });
  const part = (name: string, text: string) => `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n`;
  const seed = new TextDecoder().decode(user.getSeed());
  return part('NATS USER JWT', jwt) + part('USER NKEY SEED', seed);
}

/** A claim about `subject`, signed by `issuer`: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function claim(
  subject: ReturnType<typeof nkeys.createUser>,
  issuer: ReturnType<typeof nkeys.createUser>,
  nats: Readonly<Record<string, unknown>>,
): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats: { ...nats, version: 2 },
  };
  const text = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(body)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}
