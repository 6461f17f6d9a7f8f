// HTTPS in and out: our own certificates, callers that must show one, servers that cannot be verified.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type ConsumerRun,
  createTestContext,
  runConsumer,
  testMessage,
  within,
} from '../../engine/connector/conformance.ts';
import { PermanentError, type WriteOutcome } from '../../engine/connector/index.ts';
import type { HttpConsumerConfig, HttpProducerConfig } from './config.ts';
import { connector } from './connector.ts';

const directory = mkdtempSync(join(tmpdir(), 'vrsky-tls-'));
const at = (name: string): string => join(directory, name);
after(() => rmSync(directory, { recursive: true }));

let hasOpenssl = true;
before(() => {
  try {
    for (const name of ['ca', 'other-ca']) {
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        at(`${name}.key`),
        '-out',
        at(`${name}.pem`),
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
      );
    }
    for (const name of ['server', 'client']) {
      writeFileSync(at(`${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
      openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        at(`${name}.key`),
        '-out',
        at(`${name}.csr`),
        '-subj',
        `/CN=${name}`,
      );
      openssl(
        'x509',
        '-req',
        '-in',
        at(`${name}.csr`),
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca.key'),
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        at(`${name}.ext`),
        '-out',
        at(`${name}.pem`),
      );
    }
  } catch {
    hasOpenssl = false;
  }
});

function openssl(...parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: 'ignore' });
}

async function listen(tls: HttpConsumerConfig['tls']): Promise<{ run: ConsumerRun; url: string }> {
  const run = runConsumer(connector, { path: '/hook', port: 0, ...(tls === undefined ? {} : { tls }) });
  const line = await within(
    run.context.logged(({ message }) => message.startsWith('listening')),
    'listening',
  );
  void acceptAll(run);
  return { run, url: String(line.fields.url) };
}

/** Stores whatever comes in until the consumer ends. */
async function acceptAll(run: ConsumerRun): Promise<void> {
  try {
    for (;;) await (await run.next()).ack();
  } catch {
    // It ended.
  }
}

/** Sends one message and answers what became of it. */
async function exchange(config: HttpProducerConfig): Promise<WriteOutcome['kind']> {
  const producer = await connector.producer?.(config, createTestContext());
  assert.ok(producer !== undefined);
  const [outcome] = await producer.write([testMessage('over TLS')], new AbortController().signal);
  await producer.close();
  return outcome?.kind ?? 'rejected';
}

test('a server certificate is verified against the given authority', async (t) => {
  if (!hasOpenssl) return t.skip('openssl not found: it makes the certificates');
  const { run, url } = await listen({ cert: at('server.pem'), key: at('server.key') });
  assert.match(url, /^https:/);
  assert.equal(await exchange({ url }), 'retry');
  assert.equal(await exchange({ url, tls: { ca: at('other-ca.pem') } }), 'retry');
  assert.equal(await exchange({ url, tls: { ca: at('ca.pem'), servername: 'elsewhere.example' } }), 'retry');
  assert.equal(await exchange({ url, tls: { ca: at('ca.pem') } }), 'delivered');
  await run.stop();
});

test('verification can be switched off by name only', async (t) => {
  if (!hasOpenssl) return t.skip('openssl not found: it makes the certificates');
  const { run, url } = await listen({ cert: at('server.pem'), key: at('server.key') });
  assert.equal(await exchange({ url, tls: { rejectUnauthorized: false } }), 'delivered');
  await run.stop();
});

test('callers must present a certificate when the consumer names an authority', async (t) => {
  if (!hasOpenssl) return t.skip('openssl not found: it makes the certificates');
  const { run, url } = await listen({ cert: at('server.pem'), key: at('server.key'), ca: at('ca.pem') });
  assert.equal(await exchange({ url, tls: { ca: at('ca.pem') } }), 'retry');
  const client = { cert: at('client.pem'), key: at('client.key') };
  assert.equal(await exchange({ url, tls: { ca: at('ca.pem'), ...client } }), 'delivered');
  await run.stop();
});

test('files that do not fit together are refused at the start', async (t) => {
  if (!hasOpenssl) return t.skip('openssl not found: it makes the certificates');
  const tls = { cert: at('server.pem'), key: at('client.key') };
  assert.throws(() => runConsumer(connector, { path: '/hook', port: 0, tls }), PermanentError);
  assert.throws(
    () => runConsumer(connector, { path: '/hook', port: 0, tls: { ...tls, key: at('none') } }),
    PermanentError,
  );
});
