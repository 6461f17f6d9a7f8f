// HTTP in → stored → 202, against a node:http server that publishes to JetStream and waits.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { testPort } from '../../engine/devserver/test-port.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BareProcess } from './bare/bare-process.ts';
import { BenchServer } from './bare/bench-server.ts';
import { load } from './http-load.ts';
import { orderBytes } from './order.ts';
import { familyCpuSeconds } from './process-cost.ts';
import { atLeast, printResult } from './result.ts';
import { type Figures, interleave, ratios, type SideResult } from './rounds.ts';

const usage = `npm run bench -- webhook [--connections 64] [--seconds 3] [--rounds 7] [--json] [--profile DIR]

Keep-alive connections post orders of 1 KiB, each the next when the last was answered. Engine: the http consumer, its stage asleep, so
that both do the same work. Running: the same while the stage takes every message too. Bare: node:http, publish, wait, 202.`;

export interface WebhookSettings {
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
}

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { connections: '64', seconds: '3', rounds: '7' }, usage);
  if (values === undefined) return;
  const settings = {
    connections: Number(values.connections),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
  };
  const sides = await measureWebhook(settings);
  const [engine, , bare] = sides as readonly [SideResult, SideResult, SideResult];
  const targets = [atLeast('requests/s, engine / bare', 0.7, ratios(engine, bare, 'requests/s'))];
  printResult({ case: 'webhook', settings, sides, targets }, values.json);
}

export async function measureWebhook({
  connections,
  seconds,
  rounds,
}: WebhookSettings): Promise<readonly SideResult[]> {
  const server = await BenchServer.start();
  const engine = new EngineProcess({ server: server.url, cwd: server.directory });
  let bare: BareProcess | undefined;
  try {
    const port = await testPort();
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, manifest(port));
    await vrsky(['apply', file], { server: server.url });
    await engine.start();
    await server.addOutput('BARE');
    bare = await BareProcess.start('bare-webhook.ts', { server: server.url, subject: 'bare.orders' });
    const own = { stream: 'VRSKY_FLOW_hook', consumer: 'hook_none' };
    const barePort = Number(bare.said);
    const barePid = bare.pid;
    const common = { connections, seconds, body: orderBytes(1) };
    const measured = async (pid: number, to: { readonly port: number; readonly path: string }) => {
      const before = familyCpuSeconds(pid);
      const figures: Figures = await load({ ...common, ...to });
      const count = (figures['requests/s'] ?? 0) * seconds;
      return { ...figures, 'CPU µs/request': ((familyCpuSeconds(pid) - before) / count) * 1e6 };
    };
    const toEngine = () => measured(engine.pid as number, { port, path: '/in' });
    return await interleave(
      [
        {
          name: 'engine',
          measure: async () => {
            await server.pause(own);
            const figures = await toEngine();
            await server.purge(own.stream);
            return figures;
          },
        },
        {
          name: 'engine, running',
          measure: async () => {
            await server.wake(own);
            return toEngine();
          },
        },
        {
          name: 'bare',
          measure: async () => {
            const figures = await measured(barePid, { port: barePort, path: '/in' });
            await server.purge('BARE');
            return figures;
          },
        },
      ],
      { rounds },
    );
  } finally {
    await bare?.stop();
    await engine.stop();
    await server.stop();
  }
}

function manifest(port: number): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: hook }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 1GiB }
  consumers:
    - { name: hook, type: http, port: ${port}, path: /in }
  steps:
    - name: none
      type: filter
      rules: { field: id, lt: 0 }
  producers:
    - { name: out, type: log, level: debug }
`;
}
