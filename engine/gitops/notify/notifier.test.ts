// Notifications against a local server: what a webhook, GitHub and GitLab get, and what happens when they do not answer.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Clock } from '../../runtime/clock.ts';
import type { Condition } from '../loop/condition.ts';
import type { SourceEvent } from '../loop/source-loop.ts';
import { Notifier } from './notifier.ts';

interface Call {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

async function peer(t: TestContext, answers: readonly number[] = []) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    calls.push({ url: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) });
    response.writeHead(answers[calls.length - 1] ?? 201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Waits take no time. */
const hasty: Clock = { now: () => 0, steady: () => 0, wait: async () => undefined };
const never = new AbortController().signal;
const commit = '0123456789abcdef0123456789abcdef01234567';

function event(
  type: Condition['type'],
  status: Condition['status'],
  more: Partial<Condition> = {},
): SourceEvent {
  const condition: Condition = {
    type,
    status,
    reason: 'Because',
    message: 'why',
    lastTransitionTime: '2026-01-01T00:00:00.000Z',
    ...more,
  };
  return {
    kind: 'transition',
    transition: { type, from: undefined, condition },
    revision: { id: commit, label: 'main@0123' },
    help: 'do this',
  };
}

test('a webhook gets every transition, signed', async (t) => {
  const { calls, url } = await peer(t);
  const notifier = new Notifier(
    'flows',
    [{ type: 'webhook', url: `${url}/hook`, secret: 'key' }],
    hasty,
    assert.fail,
  );
  notifier.tell(event('Ready', 'False'));
  notifier.tell({ kind: 'trouble', message: 'nothing of theirs' });
  await notifier.settled(never);
  assert.deepEqual(
    calls.map(({ url: at, body }) => [at, body]),
    [
      [
        '/hook',
        {
          source: 'flows',
          condition: 'Ready',
          status: 'False',
          from: null,
          reason: 'Because',
          message: 'why',
          help: 'do this',
          revision: 'main@0123',
          time: '2026-01-01T00:00:00.000Z',
        },
      ],
    ],
  );
  const [call] = calls;
  const hmac = createHmac('sha256', 'key')
    .update(call?.text ?? '')
    .digest('hex');
  assert.equal(call?.headers['x-signature-256'], `sha256=${hmac}`);
});

test('GitHub gets the state of the commit', async (t) => {
  const { calls, url } = await peer(t);
  const notifier = new Notifier(
    'flows',
    [{ type: 'github', repository: 'acme/flows', token: 'tok', api: url }],
    hasty,
    assert.fail,
  );
  for (const one of [
    event('Reconciling', 'True'),
    event('Healthy', 'True'),
    event('Ready', 'True'),
    event('Ready', 'False', { message: 'x'.repeat(300) }),
  ])
    notifier.tell(one);
  await notifier.settled(never);
  assert.deepEqual(
    calls.map(({ body }) => [body.state, body.context]),
    [
      ['pending', 'vrsky/flows'],
      ['success', 'vrsky/flows'],
      ['failure', 'vrsky/flows'],
    ],
  );
  assert.equal(calls[0]?.url, `/repos/acme/flows/statuses/${commit}`);
  assert.equal(calls[0]?.headers.authorization, 'Bearer tok');
  assert.equal(String(calls[2]?.body.description).length, 140);
});

test('GitLab gets the state of the commit, and may have it already', async (t) => {
  const { calls, url } = await peer(t, [201, 400]);
  const notifier = new Notifier(
    'flows',
    [{ type: 'gitlab', project: 'acme/flows', token: 'tok', api: `${url}/api/v4/` }],
    hasty,
    assert.fail,
  );
  notifier.tell(event('Reconciling', 'True'));
  notifier.tell(event('Ready', 'True'));
  await notifier.settled(never);
  assert.deepEqual(
    calls.map(({ url: at, body }) => [at, body.state, body.name]),
    [
      [`/api/v4/projects/acme%2Fflows/statuses/${commit}`, 'running', 'vrsky/flows'],
      [`/api/v4/projects/acme%2Fflows/statuses/${commit}`, 'success', 'vrsky/flows'],
    ],
  );
  assert.equal(calls[0]?.headers['private-token'], 'tok');
});

test('what may pass is tried again, what may not is said once without the address, and a redirect is not followed', async (t) => {
  const { calls, url } = await peer(t, [503, 429, 201, 401, 302]);
  const trouble: string[] = [];
  const notifier = new Notifier('flows', [{ type: 'webhook', url: `${url}/secret-path` }], hasty, (message) =>
    trouble.push(message),
  );
  notifier.tell(event('Ready', 'True'));
  await notifier.settled(never);
  assert.equal(calls.length, 3);
  notifier.tell(event('Ready', 'False'));
  await notifier.settled(never);
  assert.equal(calls.length, 4);
  assert.match(trouble.join(), /was not told: it answered 401/);
  assert.doesNotMatch(trouble.join(), /secret-path/);
});

test('a folder or a bucket has no commit to tell about', async (t) => {
  const { calls, url } = await peer(t);
  const notifier = new Notifier(
    'flows',
    [{ type: 'github', repository: 'a/b', token: 't', api: url }],
    hasty,
    assert.fail,
  );
  const one = event('Ready', 'True');
  notifier.tell({ ...one, revision: { id: 'sha256:00', label: 'x' } } as SourceEvent);
  await notifier.settled(never);
  assert.equal(calls.length, 0);
});
