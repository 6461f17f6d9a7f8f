// One message to five producers, each with a stage of its own, against a bare program that does the same by hand.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BareProcess } from './bare/bare-process.ts';
import type { BareStages } from './bare/bare-stage.ts';
import { BenchServer, type ConsumerName } from './bare/bench-server.ts';
import { orderBytes } from './order.ts';
import { cpuSeconds, familyCpuSeconds } from './process-cost.ts';
import { atLeast, printResult } from './result.ts';
import { type Figures, interleave, ratios, type SideResult } from './rounds.ts';

const usage = `npm run bench -- fanout [--messages 20000] [--rounds 7] [--json] [--profile DIR]

Each order is stored once for each of five producers and delivered by each to a subject of a stream: eleven stores per message.`;

export interface FanoutSettings {
  readonly messages: number;
  readonly rounds: number;
}

const producers = ['a', 'b', 'c', 'd', 'e'] as const;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '20000', rounds: '7' }, usage);
  if (values === undefined) return;
  const settings = { messages: Number(values.messages), rounds: Number(values.rounds) };
  const sides = await measureFanout(settings);
  const [engine, bare] = sides as readonly [SideResult, SideResult];
  const targets = [atLeast('deliveries/s, engine / bare', 0.85, ratios(engine, bare, 'deliveries/s'))];
  printResult({ case: 'fanout', settings, sides, targets }, values.json);
}

export async function measureFanout({ messages, rounds }: FanoutSettings): Promise<readonly SideResult[]> {
  const server = await BenchServer.start();
  const engine = new EngineProcess({ server: server.url, cwd: server.directory });
  let bare: BareProcess | undefined;
  try {
    for (const stream of ['OUT', 'BARE_OUT']) await server.addOutput(stream);
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, manifest(server.url));
    await vrsky(['apply', file], { server: server.url });
    const copies = await server.copyStreams(['VRSKY_FLOW_fan']);
    await engine.start();
    const stages = copies.map(({ stream, consumer, subject }) => ({
      stream,
      consumer,
      work: 'pass' as const,
      to:
        subject === 'bare.fan.first'
          ? producers.map((name) => `bare.fan.${name}`)
          : [`bare_out.${subject.slice('bare.fan.'.length)}`],
    }));
    bare = await BareProcess.start('bare-stage.ts', { server: server.url, stages } satisfies BareStages);
    const own = { stream: 'VRSKY_FLOW_fan', consumer: 'fan_first' };
    const copy = { stream: 'BARE_VRSKY_FLOW_fan', consumer: 'fan_first' };
    const pids = { engine: engine.pid as number, bare: bare.pid };
    const job = { server, count: messages };
    return await interleave(
      [
        {
          name: 'engine',
          measure: () =>
            round({ ...job, from: own, subject: 'flow.fan.first', out: 'OUT', pid: pids.engine }),
        },
        {
          name: 'bare',
          measure: () =>
            round({ ...job, from: copy, subject: 'bare.fan.first', out: 'BARE_OUT', pid: pids.bare }),
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

interface Round {
  readonly server: BenchServer;
  readonly count: number;
  readonly from: ConsumerName;
  readonly subject: string;
  readonly out: string;
  readonly pid: number;
}

async function round({ server, count, from, subject, out, pid }: Round): Promise<Figures> {
  await server.purge(out);
  await server.fill(from, subject, count, (index) => orderBytes(index));
  const before = familyCpuSeconds(pid);
  const serverBefore = cpuSeconds(server.pid);
  await server.wake(from);
  const rate = await server.arrivalRate(out, count * producers.length);
  const used = familyCpuSeconds(pid) - before;
  const serverUsed = cpuSeconds(server.pid) - serverBefore;
  return {
    'deliveries/s': rate,
    'CPU µs/message': (used / count) * 1e6,
    'server CPU µs/message': (serverUsed / count) * 1e6,
  };
}

function manifest(server: string): string {
  const lines = producers.map(
    (name) =>
      `    - { name: ${name}, type: nats, servers: "${server}", subject: out.${name}, jetstream: true }`,
  );
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: fan }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 1GiB }
  consumers:
    - { name: hook, type: http, port: 0, path: /in }
  steps:
    - name: first
      type: set
      headers: { x-kind: order }
  producers:
${lines.join('\n')}
`;
}
