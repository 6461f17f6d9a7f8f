// Fills a flow's stream with a backlog while nothing runs, then starts a worker and watches its memory until all is delivered.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '../../engine/devserver/start-server.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { renderTable } from '../cli/table.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';

const usage = `npm run bench -- backlog [--messages 1000000] [--bytes 1024]

Stores that many messages before a worker starts, and says what memory it takes while it works them off.`;

const manifest = `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: backlog }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 16GiB }
  consumers:
    - { name: hook, type: http, port: 0, path: /in }
  steps:
    - name: all
      type: filter
      rules: { field: id, lt: 0 }
  producers:
    - { name: out, type: log, level: debug }
`;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '1000000', bytes: '1024' }, usage);
  if (values === undefined) return;
  const count = Number(values.messages);
  // What is published: types are not stripped while it runs.
  await promisify(execFile)(process.execPath, [path.resolve(import.meta.dirname, '../build.ts')]);
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-'));
  const server = await startServer({ storeDir: path.join(directory, 'nats') });
  const engine = new EngineProcess({ server: server.url, built: true });
  try {
    const file = path.join(directory, 'backlog.vrsky.yaml');
    await writeFile(file, manifest);
    await vrsky(['apply', file], { server: server.url });
    const { broker, cluster } = await connectBroker({ servers: [server.url], name: 'bench' });
    process.stderr.write(`storing ${count} messages\n`);
    const body = Buffer.from(JSON.stringify({ id: 1, text: 'x'.repeat(Number(values.bytes) - 20) }));
    for (let sent = 0; sent < count; sent++) {
      if (broker.publisher.pending > 4000) await broker.publisher.flush();
      broker.publisher.send(
        'flow.backlog.all',
        body,
        [['Vrsky-Accepted', String(Date.now())]],
        undefined,
        () => undefined,
      );
    }
    await broker.publisher.flush();
    const began = Date.now();
    await engine.start();
    let peak = 0;
    for (let waiting = count; waiting > 0; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      peak = Math.max(peak, engine.memoryBytes());
      waiting =
        (await cluster.listStreams()).find(({ spec }) => spec.name === 'VRSKY_FLOW_backlog')?.messages ?? 0;
    }
    const seconds = (Date.now() - began) / 1000;
    await broker.close();
    process.stdout.write(
      `${renderTable(['messages', 'bytes each', 'worker memory, peak', 'drained at'], [[String(count), values.bytes, `${Math.round(peak / 1048576)} MiB`, `${Math.round(count / seconds)}/s`]])}\n`,
    );
  } finally {
    await engine.stop();
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
