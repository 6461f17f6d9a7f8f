// How long after the webhook's call a push is applied: a real repository, a reconcile process of its own, an interval that never ends.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buckets } from '../../engine/compile/topology.ts';
import { startServer } from '../../engine/devserver/start-server.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { readArguments } from './arguments.ts';
import { atMost, printResult } from './result.ts';
import { spreadOf } from './rounds.ts';

const usage = `npm run bench -- reconcile [--pushes 20] [--flows 10] [--json]

Pushes one changed flow after the other and calls the webhook of a running vrsky reconcile. Measured from the call to the moment at which the
programs bucket has the flow: fetch, check, plan and apply. The promise: within 2 s.`;

const secret = 'bench';
const boundMs = 2_000;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { pushes: '20', flows: '10' }, usage);
  if (values === undefined) return;
  const [pushes, flows] = [Number(values.pushes), Number(values.flows)];
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-reconcile-bench-'));
  const server = await startServer({ storeDir: path.join(directory, 'nats') });
  const { broker } = await connectBroker({ servers: [server.url], name: 'bench reconcile' });
  const repository = new Repository(directory, flows);
  repository.push('first');
  const reconciler = await startReconcile(directory, server.url);
  const over = new AbortController();
  const tookMs: number[] = [];
  try {
    const arrival = new Arrival();
    const programs = await broker.bucket(buckets.programs);
    await programs.watch(
      (flow, value) => flow === 'flow-0' && arrival.at(JSON.stringify(value)),
      over.signal,
    );
    for (let push = 0; push < pushes; push++) {
      const text = `push-${push}`;
      repository.push(text);
      const arrived = arrival.of(text);
      const began = performance.now();
      await call(reconciler.port);
      await arrived;
      tookMs.push(performance.now() - began);
    }
  } finally {
    over.abort();
    reconciler.child.kill('SIGKILL');
    await broker.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  const spread = spreadOf(tookMs);
  const sides = [{ name: 'webhook → applied', rounds: tookMs.map((ms) => ({ ms })), spread: { ms: spread } }];
  const slowest = { ...spread, median: spread.most };
  const targets = [atMost('slowest push', boundMs, slowest, 'ms')];
  printResult({ case: 'reconcile', settings: { pushes, flows }, sides, targets }, values.json);
}

/** Resolves when the text turns up. */
class Arrival {
  #awaited: { readonly text: string; readonly resolve: () => void } | undefined;

  of(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { text: `"${text}"`, resolve };
    });
  }

  at(value: string): void {
    if (this.#awaited !== undefined && value.includes(this.#awaited.text)) this.#awaited.resolve();
  }
}

class Repository {
  readonly #work: string;

  constructor(directory: string, flows: number) {
    const bare = path.join(directory, 'flows.git');
    this.#work = path.join(directory, 'work');
    mkdirSync(path.join(this.#work, 'flows'), { recursive: true });
    execFileSync('git', ['init', '--bare', '--quiet', '--initial-branch=main', bare]);
    this.#git('init', '--quiet', '--initial-branch=main');
    this.#git('remote', 'add', 'origin', bare);
    for (let flow = 1; flow < flows; flow++) this.#write(flow, 'unchanged');
  }

  /** Another text in the first flow. */
  push(text: string): void {
    this.#write(0, text);
    this.#git('add', '--all');
    this.#git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', text);
    this.#git('push', '--quiet', 'origin', 'main');
  }

  #write(flow: number, text: string): void {
    const lines = [
      'apiVersion: vrsky.io/v1',
      'kind: Flow',
      `metadata: { name: flow-${flow} }`,
      'spec:',
      '  consumers:',
      '    - { name: tick, type: schedule, every: 24h }',
      '  steps:',
      `    - { name: shape, type: set, headers: { text: ${text} } }`,
      '  producers:',
      '    - { name: out, type: log }',
    ];
    writeFileSync(path.join(this.#work, 'flows', `flow-${flow}.yaml`), `${lines.join('\n')}\n`);
  }

  #git(...args: readonly string[]): void {
    execFileSync('git', args, { cwd: this.#work, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/** Resolves when the first revision is applied. */
async function startReconcile(
  directory: string,
  server: string,
): Promise<{ readonly child: ChildProcess; readonly port: string }> {
  const cli = path.resolve(import.meta.dirname, '../vrsky.ts');
  const args = ['reconcile', '--git', './flows.git', '--interval', '24h', '--webhook', '127.0.0.1:0'];
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', VRSKY_SERVER: server, VRSKY_WEBHOOK_SECRET: secret },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const port = /webhooks on port (\d+)/.exec(said)?.[1];
      if (port !== undefined && /Ready=True/.test(said)) resolve({ child, port });
    });
    child.once('exit', (code) => reject(new Error(`vrsky reconcile ended with ${code}: ${said}`)));
  });
}

async function call(port: string): Promise<void> {
  const body = '{}';
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = { 'x-signature-256': signature };
  const { status } = await fetch(`http://127.0.0.1:${port}/hooks/flows`, { method: 'POST', headers, body });
  if (status !== 202) throw new Error(`the webhook answered ${status}`);
}
