// Google's own chain of credentials: the identity of a workload that the environment names, exchanged for a token that every request then carries.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startFakeGcs } from '../../../devserver/object-servers/fake-gcs.ts';
import { isMissing } from '../../../devserver/object-servers/fetched.ts';
import { gcsBucket } from './gcs-bucket.ts';

const signal = new AbortController().signal;

test('the workload that GOOGLE_APPLICATION_CREDENTIALS names is who asks', async (t) => {
  const server = await startFakeGcs();
  if (isMissing(server)) return t.skip(server.missing);
  t.after(() => server.child.stop());
  await server.createBucket('payloads');
  // In front of the emulator, which looks at no token: nothing passes without the one that was granted.
  let refused = 0;
  const guard = createServer((incoming, response) => {
    if (incoming.url === '/token') {
      void text(incoming).then((form) => {
        const isKnown = form.includes('subject_token=a-token-of-the-cluster');
        response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
        const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token';
        const granted = {
          access_token: 'granted',
          issued_token_type,
          expires_in: 3600,
          token_type: 'Bearer',
        };
        response.end(JSON.stringify(isKnown ? granted : { error: 'invalid_grant' }));
      });
      return;
    }
    if (incoming.headers.authorization !== 'Bearer granted') {
      refused++;
      incoming.resume();
      response.writeHead(401).end();
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request(server.child.url + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => guard.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(guard.address() as AddressInfo).port}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-test-gcs-'));
  t.after(async () => {
    delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    guard.closeAllConnections();
    guard.close();
    await rm(folder, { recursive: true });
  });

  const stranger = gcsBucket({ bucket: 'payloads', endpoint, project: 'acme' });
  await assert.rejects(stranger.probe(signal), { name: 'ObjectFailure', kind: 'denied' });
  assert.ok(refused > 0);

  const identity = path.join(folder, 'identity');
  const key = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${endpoint}/token`,
    credential_source: { file: identity },
  };
  await writeFile(identity, 'a-token-of-the-cluster');
  const keyFile = path.join(folder, 'key.json');
  await writeFile(keyFile, JSON.stringify(key));
  process.env.GOOGLE_APPLICATION_CREDENTIALS = keyFile;
  const bucket = gcsBucket({ bucket: 'payloads', endpoint, project: 'acme' });
  await bucket.write('a', Buffer.from('content'), {}, signal);
  assert.equal((await buffer((await bucket.read('a', signal)).content)).toString(), 'content');
});
