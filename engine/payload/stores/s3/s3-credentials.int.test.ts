// The SDK's own chain of credentials, on a server that checks signatures: environment, profile, container, web identity.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { isMissing, type Missing } from '../../../devserver/object-servers/fetched.ts';
import { createS3Bucket } from '../../../devserver/object-servers/s3-admin.ts';
import { type S3Server, startVersity } from '../../../devserver/object-servers/s3-servers.ts';
import { s3Bucket } from './s3-bucket.ts';

const signal = new AbortController().signal;
const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-test-s3-'));
const file = (name: string) => path.join(folder, name);
let server: S3Server | Missing;
let keys = { id: '', secret: '' };

/**
 * Hands out the keys as a container's agent does, and as the token service does to whoever has a web identity; without a session's token, which
 * the server does not know.
 */
const agent = createServer((incoming, response) => {
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  if (incoming.url === '/container') {
    const isKnown = incoming.headers.authorization === 'this container';
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' });
    const given = { AccessKeyId: keys.id, SecretAccessKey: keys.secret, Token: '', Expiration: expires };
    response.end(JSON.stringify(isKnown ? given : { message: 'who are you?' }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(`<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<Credentials><AccessKeyId>${keys.id}</AccessKeyId><SecretAccessKey>${keys.secret}</SecretAccessKey><SessionToken></SessionToken>
<Expiration>${expires}</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>i:s</AssumedRoleId></AssumedRoleUser>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`);
});

before(async () => {
  server = await startVersity();
  if (isMissing(server)) return;
  await createS3Bucket(server, 'payloads');
  keys = { id: server.settings.accessKeyId ?? '', secret: server.settings.secretAccessKey ?? '' };
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  const profile = `[profile acme]\naws_access_key_id = ${keys.id}\naws_secret_access_key = ${keys.secret}\n`;
  await writeFile(file('credentials'), profile.replace('profile ', ''));
  await writeFile(file('config'), '[profile acme]\nregion = us-east-1\n');
  await writeFile(file('identity'), 'a token of the cluster');
});

after(async () => {
  agent.closeAllConnections();
  agent.close();
  if (!isMissing(server)) await server.stop();
  await rm(folder, { recursive: true });
});

const url = () => `http://127.0.0.1:${(agent.address() as AddressInfo).port}`;
const chains: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'the environment': () => ({ AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret }),
  'a shared profile': () => ({ AWS_PROFILE: 'acme' }),
  "a container's agent": () => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url()}/container`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'this container',
  }),
  'a web identity': () => ({
    AWS_WEB_IDENTITY_TOKEN_FILE: file('identity'),
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
    AWS_ENDPOINT_URL_STS: url(),
    AWS_REGION: 'us-east-1',
  }),
};

for (const [what, variables] of Object.entries(chains))
  test(`credentials of ${what} are found, those of another are refused`, async (t) => {
    if (isMissing(server)) return t.skip(server.missing);
    const { endpoint, region } = server.settings;
    const settings = {
      bucket: 'payloads',
      ...(endpoint === undefined ? {} : { endpoint, region: region ?? '' }),
    };
    const ambient = process.env;
    const right = keys;
    t.after(() => {
      process.env = ambient;
      keys = right;
    });
    const files = { AWS_SHARED_CREDENTIALS_FILE: file('credentials'), AWS_CONFIG_FILE: file('config') };
    const probe = async () => {
      const others = Object.entries(ambient).filter(([name]) => !name.startsWith('AWS_'));
      process.env = {
        ...Object.fromEntries(others),
        ...{ AWS_EC2_METADATA_DISABLED: 'true', ...files, ...variables() },
      };
      const bucket = s3Bucket(settings);
      await bucket.probe(signal).finally(() => bucket.close());
    };
    await probe();
    if (what === 'a shared profile') return;
    keys = { id: 'test', secret: 'of somebody else' };
    await assert.rejects(probe(), { name: 'ObjectFailure', kind: 'denied' });
  });

test('nobody is refused, not waited for', async (t) => {
  if (isMissing(server)) return t.skip(server.missing);
  const ambient = process.env;
  t.after(() => {
    process.env = ambient;
  });
  const others = Object.entries(ambient).filter(([name]) => !name.startsWith('AWS_'));
  const nothing = { AWS_SHARED_CREDENTIALS_FILE: file('none'), AWS_CONFIG_FILE: file('none') };
  process.env = { ...Object.fromEntries(others), AWS_EC2_METADATA_DISABLED: 'true', ...nothing };
  const { endpoint = '', region = '' } = server.settings;
  const bucket = s3Bucket({ bucket: 'payloads', endpoint, region });
  t.after(() => bucket.close());
  await assert.rejects(bucket.probe(signal), { name: 'ObjectFailure', kind: 'denied' });
});
