// Webhooks as GitHub, GitLab and others send them: who knows the secret nudges, nobody else does, and nothing more.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startNudgeServer } from './nudge-server.ts';

async function listen(t: TestContext, secrets: Readonly<Record<string, string>>) {
  const nudged: string[] = [];
  const server = await startNudgeServer({
    port: 0,
    host: '127.0.0.1',
    secrets: new Map(Object.entries(secrets)),
    onNudge: (source) => nudged.push(source),
  });
  t.after(() => server.close());
  const call = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array<ArrayBuffer> = '{}',
    method = 'POST',
  ) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers,
      ...(method === 'POST' ? { body } : {}),
    });
    await response.text();
    return response.status;
  };
  return { nudged, call, port: server.port };
}

const signed = (secret: string, body: string | Uint8Array) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

test('GitHub, GitLab and a plain HMAC are taken', async (t) => {
  const { nudged, call } = await listen(t, { flows: 's3cret' });
  const body = '{"ref":"refs/heads/main","emoji":"\u{1f680}"}';
  assert.equal(await call('/hooks/flows', { 'x-hub-signature-256': signed('s3cret', body) }, body), 202);
  assert.equal(await call('/', { 'x-signature-256': signed('s3cret', body) }, body), 202);
  assert.equal(await call('/hooks/flows', { 'x-gitlab-token': 's3cret' }, body), 202);
  assert.deepEqual(nudged, ['flows', 'flows', 'flows']);
});

test("GitHub's own example is taken: the value that its documentation gives", async (t) => {
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const { call } = await listen(t, { flows: "It's a Secret to Everybody" });
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  assert.equal(await call('/', { 'x-hub-signature-256': signature }, 'Hello, World!'), 202);
});

test('a wrong, a missing, a shortened or a foreign signature does not nudge', async (t) => {
  const { nudged, call } = await listen(t, { flows: 's3cret', other: 'another' });
  const body = '{}';
  const good = signed('s3cret', body);
  for (const headers of [
    {},
    { 'x-hub-signature-256': signed('s3cret ', body) },
    { 'x-hub-signature-256': good.slice(0, -1) },
    { 'x-hub-signature-256': good.slice('sha256='.length) },
    { 'x-hub-signature': good },
    { 'x-gitlab-token': '' },
    { 'x-gitlab-token': 's3cre' },
    { 'x-hub-signature-256': signed('another', body) },
  ] as readonly Readonly<Record<string, string>>[])
    assert.equal(await call('/hooks/flows', headers, body), 401);
  assert.equal(await call('/hooks/flows', { 'x-hub-signature-256': good }, '{ }'), 401);
  assert.equal(await call('/', { 'x-hub-signature-256': good }, body), 404);
  assert.equal(await call('/hooks/none', { 'x-hub-signature-256': good }, body), 404);
  assert.equal(await call('/hooks/flows', {}, '', 'GET'), 405);
  assert.deepEqual(nudged, []);
});

test('a body beyond the limit is refused before its end, and the server goes on', async (t) => {
  const { nudged, call, port } = await listen(t, { flows: 's3cret' });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\nContent-Length: 100000000\r\n\r\n',
  );
  const chunk = Buffer.alloc(1024 * 1024);
  for (let sent = 0; sent < 40 && !socket.destroyed; sent++) socket.write(chunk);
  const answer = once(socket, 'data').then(
    ([data]) => String(data),
    () => 'closed',
  );
  await Promise.race([answer, once(socket, 'close')]);
  socket.destroy();
  assert.equal(await call('/', { 'x-gitlab-token': 's3cret' }), 202);
  assert.deepEqual(nudged, ['flows']);
});

test('no secret, or a port that is taken, is said', async (t) => {
  const { port } = await listen(t, { flows: 's3cret' });
  const options = { host: '127.0.0.1', onNudge: () => undefined };
  await assert.rejects(startNudgeServer({ ...options, port: 0, secrets: new Map([['flows', '']]) }), {
    code: 'VRS7025',
  });
  await assert.rejects(startNudgeServer({ ...options, port: 0, secrets: new Map() }), { code: 'VRS7025' });
  await assert.rejects(startNudgeServer({ ...options, port, secrets: new Map([['flows', 'x']]) }), {
    code: 'VRS7025',
    message: /in use/,
  });
});
