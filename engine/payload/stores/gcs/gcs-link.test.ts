// Links to Google Cloud Storage: signed by the key of the service account, for one object and one expiry. No emulator looks at that.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gcsBucket } from './gcs-bucket.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** As the service does it: https://cloud.google.com/storage/docs/authentication/canonical-requests */
function isValid(url: URL): boolean {
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Goog-Signature');
  const canonicalQuery = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const headers = `host:${url.host}\n`;
  const request = ['GET', url.pathname, canonicalQuery, headers, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = (url.searchParams.get('X-Goog-Credential') ?? '').split('/').slice(1).join('/');
  const digest = createHash('sha256').update(request).digest('hex');
  const date = url.searchParams.get('X-Goog-Date') ?? '';
  const signed = ['GOOG4-RSA-SHA256', date, scope, digest].join('\n');
  const signature = Buffer.from(url.searchParams.get('X-Goog-Signature') ?? '', 'hex');
  return verify('sha256', Buffer.from(signed), publicKey, signature);
}

test('a link is signed for its object, its type and its expiry, and for nothing else', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-gcs-'));
  t.after(() => rm(folder, { recursive: true }));
  const keyFile = path.join(folder, 'key.json');
  const key = {
    type: 'service_account',
    project_id: 'acme',
    client_email: 'vrsky@acme.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  await writeFile(keyFile, JSON.stringify(key));
  const bucket = gcsBucket({ bucket: 'payloads', project: 'acme', keyFile });
  t.after(() => bucket.close());
  const link = await bucket.link('flow/one', {
    expiresAtMs: Date.now() + 3_600_000,
    contentType: 'text/csv',
  });
  const url = new URL(link);
  assert.equal(url.host, 'storage.googleapis.com');
  assert.equal(url.pathname, '/payloads/flow/one');
  assert.equal(url.searchParams.get('response-content-type'), 'text/csv');
  const seconds = Number(url.searchParams.get('X-Goog-Expires'));
  // Some have passed: the SDK is loaded first.
  assert.ok(seconds > 3000 && seconds <= 3601, `${seconds}`);
  assert.ok(isValid(url), link);
  for (const [from, to] of [
    ['flow/one', 'flow/two'],
    [`X-Goog-Expires=${seconds}`, `X-Goog-Expires=${seconds + 1}`],
    ['text%2Fcsv', 'text%2Fhtml'],
  ] as const) {
    const altered = link.replace(from, to);
    assert.notEqual(altered, link, from);
    assert.ok(!isValid(new URL(altered)), altered);
  }
});
