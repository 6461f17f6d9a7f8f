// Payloads in Azure Blob Storage by the ways to say who asks: an account key, a shared access signature, and a managed identity's token.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BlobServiceClient, type ContainerClient, ContainerSASPermissions } from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../../devserver/object-servers/azurite.ts';
import { isMissing, type Missing } from '../../../devserver/object-servers/fetched.ts';
import { bucketStore } from '../bucket-store.ts';
import { type StoreFixture, storeContract } from '../store-contract.ts';
import { azureBucket } from './azure-bucket.ts';
import type { AzureSettings } from './azure-settings.ts';

const hourMs = 3_600_000;
const folder = mkdtempSync(path.join(tmpdir(), 'vrsky-test-azure-'));
const signal = new AbortController().signal;
let azurite: Azurite | Missing;
let isKnown = true;

/** As App Service hands out tokens to whoever runs there: https://learn.microsoft.com/azure/app-service/overview-managed-identity */
const identities = createServer((incoming, response) => {
  const { searchParams } = new URL(incoming.url ?? '', 'http://localhost');
  if (!isKnown || incoming.headers['x-identity-header'] !== 'of this host') {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ statusCode: 400, message: 'who are you?' }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    ...{
      aud: searchParams.get('resource'),
      iss: 'https://sts.windows.net/tenant/',
      oid: 'me',
      tid: 'tenant',
    },
    ...{ iat: seconds, nbf: seconds - 60, exp: seconds + 86_400 },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  response.end(
    JSON.stringify({
      access_token: `${part({ alg: 'none' })}.${part(claims)}.c2lnbmVk`,
      expires_on: String(claims.exp),
      token_type: 'Bearer',
      resource: claims.aud,
    }),
  );
});

before(async () => {
  const tls = makeCertificate();
  if (tls === undefined) {
    azurite = { missing: 'openssl not found: it makes the certificate' };
    return;
  }
  setDefaultCACertificates([...getCACertificates(), readFileSync(tls.cert, 'utf8')]);
  await new Promise<void>((resolve) => identities.listen(0, '127.0.0.1', resolve));
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(identities.address() as AddressInfo).port}/token`;
  process.env.IDENTITY_HEADER = 'of this host';
  azurite = await startAzurite(tls);
});

after(async () => {
  identities.close();
  if (!isMissing(azurite)) await azurite.child.stop();
  rmSync(folder, { recursive: true });
});

function makeCertificate() {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    return { cert, key };
  } catch {
    return undefined;
  }
}

let containers = 0;

async function newContainer(server: Azurite): Promise<ContainerClient> {
  const service = BlobServiceClient.fromConnectionString(server.connectionString());
  const client = service.getContainerClient(`payloads-${++containers}`);
  await client.create();
  return client;
}

function fixtureOf(settingsOf: (server: Azurite, client: ContainerClient) => Promise<AzureSettings>) {
  return async (t: TestContext): Promise<StoreFixture | undefined> => {
    if (isMissing(azurite)) {
      t.skip(azurite.missing);
      return undefined;
    }
    const client = await newContainer(azurite);
    const settings = await settingsOf(azurite, client);
    return {
      store: bucketStore(azureBucket(settings), 'vrsky/'),
      broken: bucketStore(azureBucket({ ...settings, container: 'no-such-container' }), 'vrsky/'),
      ...(settings.sas === undefined ? { links: 'checked' } : {}),
      leftovers: async () => {
        const names: string[] = [];
        for await (const blob of client.listBlobsFlat({ includeUncommitedBlobs: true }))
          names.push(blob.name);
        return names;
      },
    };
  };
}

// The first of all: a token is kept for as long as it is good for.
test('an identity that is not known there is refused, as credentials are that may be mended', async (t) => {
  if (isMissing(azurite)) return t.skip(azurite.missing);
  const { containerName: container } = await newContainer(azurite);
  t.after(() => {
    isKnown = true;
  });
  isKnown = false;
  const bucket = azureBucket({ container, account: azurite.account });
  await assert.rejects(bucket.probe(signal), { name: 'ObjectFailure', kind: 'denied' });
});

storeContract(
  'azure, by a managed identity',
  fixtureOf(async ({ account }, { containerName: container }) => ({ container, account })),
);

storeContract(
  'azure, by an account key',
  fixtureOf(async ({ account, accountKey }, { containerName: container }) => ({
    container,
    account,
    accountKey,
  })),
);

storeContract('azure, by a shared access signature', fixtureOf(signed));

async function signed({ account }: Azurite, client: ContainerClient): Promise<AzureSettings> {
  const permissions = ContainerSASPermissions.parse('racwdl');
  const url = await client.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + hourMs) });
  return { container: client.containerName, account, sas: new URL(url).search };
}

test('one key that an identity was given signs many links, none for longer than seven days', async (t) => {
  if (isMissing(azurite)) return t.skip(azurite.missing);
  const { containerName: container } = await newContainer(azurite);
  const bucket = azureBucket({ container, account: azurite.account });
  const linkFor = (ms: number) =>
    bucket.link('a', { expiresAtMs: Date.now() + ms, contentType: 'text/plain' });
  const signedUntil = async (ms: number) => new URL(await linkFor(ms)).searchParams.get('ske');
  assert.equal(await signedUntil(hourMs), await signedUntil(6 * 24 * hourMs));
  await assert.rejects(linkFor(8 * 24 * hourMs), /seven days at most/);
});

test('a shared access signature signs no links, and says so', async (t) => {
  if (isMissing(azurite)) return t.skip(azurite.missing);
  const bucket = azureBucket(await signed(azurite, await newContainer(azurite)));
  const link = bucket.link('a', { expiresAtMs: Date.now() + hourMs, contentType: 'text/plain' });
  await assert.rejects(link, /give an account key/);
});
