// A flow of sources that keep nothing is changed and renamed under load, on two workers: nothing is lost, refused or delivered twice.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { deploy } from '../bin/cli/deploy.ts';
import { openSession, type Session } from '../bin/cli/dev-session.ts';
import { logText } from '../engine/connector/log-text.ts';
import { testPort } from '../engine/devserver/test-port.ts';
import { withServer } from '../engine/devserver/test-server.ts';
import { checkSources } from '../engine/flow/check.ts';

const patienceMs = 60_000;

interface Revision {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly step: string;
}

const revisions: readonly Revision[] = [
  { name: 'bills', step: 'another' },
  { name: 'invoices', renamedFrom: 'bills', step: 'another' },
  { name: 'invoices', renamedFrom: 'bills', step: 'third' },
  { name: 'receipts', renamedFrom: 'invoices', step: 'fourth' },
];

interface Scene {
  readonly server: string;
  readonly port: number;
  readonly connection: NatsConnection;
  readonly session: Session;
  /** Id → how often it came to the sink. */
  readonly delivered: ReadonlyMap<string, number>;
}

/** Durable: a stage that goes with the next revision, and may hold messages then. */
function manifest({ name, renamedFrom, step }: Revision, { server, port }: Pick<Scene, 'server' | 'port'>) {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${name}${renamedFrom === undefined ? '' : `, renamedFrom: ${renamedFrom}`} }
spec:
  consumers:
    - { name: bus, type: nats, servers: "${server}", subject: events }
    - { name: hook, type: http, port: ${port}, path: /events }
  steps:
    - name: ${step}
      type: map
      durable: true
      expression: |
        { "id": id }
  producers:
    - { name: sink, type: nats, servers: "${server}", subject: sink }
`;
}

async function apply(revision: Revision, scene: Pick<Scene, 'server' | 'port' | 'session'>): Promise<void> {
  const { value, diagnostics } = await checkSources(
    [{ file: 'flow.yaml', text: manifest(revision, scene) }],
    {
      env: () => undefined,
    },
  );
  assert.deepEqual(diagnostics, []);
  const options = { tenant: 'default', owner: 'cli' };
  const { health } = await deploy(value.flows, options, scene.session.connected, () => undefined);
  assert.deepEqual([health.stalled, health.failing, health.behind], [[], [], []]);
}

async function setUp(t: TestContext): Promise<Scene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-changes-'));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const sessions: Session[] = [];
  // Before the server's own: without a server a worker would wait for it.
  t.after(async () => {
    for (const session of sessions) await session.stop();
    await connection.close();
  });
  const { url: server } = await withServer(t);
  for (const name of ['a', 'b'])
    sessions.push(
      await openSession({
        server,
        dataDirectory: path.join(directory, name),
        payloadsDirectory: path.join(directory, 'payloads'),
        announce: false,
        workingDirectory: directory,
        graceMs: 10_000,
        log: (level, message) => level === 'error' && t.diagnostic(logText(message)),
      }),
    );
  const connection = await connect({ servers: server });
  const delivered = new Map<string, number>();
  connection.subscribe('sink', {
    callback: (_error, message) => {
      const { id } = message.json<{ readonly id: string }>();
      delivered.set(id, (delivered.get(id) ?? 0) + 1);
    },
  });
  const [session] = sessions as [Session, Session];
  const scene = { server, port: await testPort(), connection, session, delivered };
  await apply({ name: 'bills', step: 'first' }, scene);
  for (const one of sessions) await one.startWorker();
  await eventually('bus and hook take in', async () => {
    const isHeard = await connection.request('events', '{"id":"bus-0"}', { timeout: patienceMs }).then(
      () => true,
      () => false,
    );
    return isHeard && (await post(scene, 'hook-0')) === 202;
  });
  return scene;
}

/** The answer's status; what went wrong when there is none. */
function post({ port }: Pick<Scene, 'port'>, id: string): Promise<number | string> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`http://127.0.0.1:${port}/events`, { method: 'POST', body: `{"id":"${id}"}`, headers }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    (error: Error) => String(error.cause ?? error),
  );
}

/** Hands out numbers, as many a second as asked for, until told to stop. Resolves with how many. */
async function steadily(
  perSecond: number,
  over: AbortSignal,
  offer: (number: number) => Promise<unknown> | undefined,
): Promise<number> {
  const began = performance.now();
  let count = 0;
  for (; !over.aborted; await pause(2)) {
    // After a pause of the whole machine not everything at once.
    const due = Math.min(count + 10, Math.floor(((performance.now() - began) / 1000) * perSecond));
    while (count < due) await offer(++count);
  }
  return count;
}

async function eventually(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await look())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await pause(20);
  }
}

test('a flow is changed and renamed while messages come: each is delivered once, and no request is refused', async (t) => {
  const scene = await setUp(t);
  const { connection, delivered } = scene;
  const over = new AbortController();
  const answers = new Map<number | string, number>();
  const published = steadily(500, over.signal, (number) => {
    connection.publish('events', `{"id":"bus-${number}"}`);
    return undefined;
  });
  const posted = Promise.all(
    ['a', 'b', 'c', 'd'].map((caller) =>
      steadily(50, over.signal, async (number) => {
        const status = await post(scene, `hook-${caller}-${number}`);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }),
    ),
  );
  for (const revision of revisions) await apply(revision, scene);
  over.abort();
  const counts = [await published, ...(await posted)];
  const expected = ['bus', 'hook-a', 'hook-b', 'hook-c', 'hook-d'].flatMap((source, index) =>
    Array.from({ length: counts[index] ?? 0 }, (_, number) => `${source}-${number + 1}`),
  );
  const lost = () => expected.filter((id) => !delivered.has(id));
  await eventually('everything is delivered', () => lost().length === 0).catch(() => undefined);
  await connection.flush();
  const twice = [...delivered].filter(([, times]) => times > 1).map(([id]) => id);
  const requests = counts.slice(1).reduce((sum, count) => sum + count);
  t.diagnostic(
    `${counts[0]} published, ${requests} posted: ${lost().length} lost, ${twice.length} twice; answers ${JSON.stringify([...answers])}`,
  );
  assert.deepEqual({ lost: lost().slice(0, 5), twice }, { lost: [], twice: [] });
  assert.deepEqual([...answers], [[202, requests]]);
});
