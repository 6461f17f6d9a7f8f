// A stage between two streams: map and filter by JSONata, and a pass-through, each against a bare program that does the same by hand.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BareProcess } from './bare/bare-process.ts';
import type { BareStages } from './bare/bare-stage.ts';
import { BenchServer, type ConsumerName } from './bare/bench-server.ts';
import { mapFlow, orderBytes, passing } from './order.ts';
import { cpuSeconds, familyCpuSeconds } from './process-cost.ts';
import { atLeast, printResult, type Target } from './result.ts';
import { type Figures, interleave, ratios, type Side, type SideResult } from './rounds.ts';

const usage = `npm run bench -- throughput [--messages 60000] [--rounds 15] [--workers 1,2,4] [--json] [--profile DIR]

Each round stores the messages (1 KiB of JSON, file storage) while nobody is handed any, then lets one side take them all: pull → work →
publish with a message id to a stream on disk → acknowledge. Engine and reference take turns on the same server; single rounds differ by some
15 %, so it takes many to tell a few per cent. With --profile every process leaves a CPU profile there (open it in the developer tools of a browser).`;

export interface ThroughputSettings {
  readonly messages: number;
  readonly rounds: number;
  readonly workers: readonly number[];
}

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '60000', rounds: '15', workers: '1,2,4' }, usage);
  if (values === undefined) return;
  const settings = {
    messages: Number(values.messages),
    rounds: Number(values.rounds),
    workers: values.workers.split(',').map(Number),
  };
  const sides = await measureThroughput(settings);
  const targets = sides.flatMap((side, index) => targetOf(side, sides[index + 1]));
  const { messages, rounds } = settings;
  printResult({ case: 'throughput', settings: { messages, rounds }, sides, targets }, values.json);
}

/** Engine and reference in turns, for each number of workers and each kind of work. */
export async function measureThroughput(settings: ThroughputSettings): Promise<readonly SideResult[]> {
  const results: SideResult[] = [];
  for (const workers of settings.workers) {
    const server = await BenchServer.start();
    const stops: (() => Promise<void>)[] = [];
    try {
      const sides = await openSides(server, workers, settings.messages, stops);
      results.push(...(await interleave(sides, { rounds: settings.rounds })));
    } finally {
      for (const stop of stops) await stop();
      await server.stop();
    }
  }
  return results;
}

async function openSides(
  server: BenchServer,
  workers: number,
  count: number,
  stops: (() => Promise<void>)[],
): Promise<readonly Side[]> {
  await server.addOutput('MAPPED');
  await server.addOutput('PASSED');
  await server.addOutput('BARE');
  const file = path.join(server.directory, 'bench.vrsky.yaml');
  await writeFile(file, manifests(server.url));
  await vrsky(['apply', file], { server: server.url });
  const args = workers === 1 ? [] : ['--workers', String(workers)];
  const engine = new EngineProcess({ server: server.url, args, workers, cwd: server.directory });
  await engine.start();
  stops.push(() => engine.stop());
  const sides: Side[] = [];
  for (const work of ['map', 'pass'] as const) {
    const entry = work === 'map' ? 'first' : 'out';
    const own = { stream: `VRSKY_FLOW_${work}`, consumer: `${work}_${entry}` };
    const copy = await server.copyConsumer(own, `BARE_${work.toUpperCase()}`);
    const programs: BareProcess[] = [];
    const stages = [{ ...copy, to: [`bare.${work}`], work }];
    const argument: BareStages = { server: server.url, stages };
    for (let n = 0; n < workers; n++) programs.push(await BareProcess.start('bare-stage.ts', argument));
    stops.push(...programs.map((program) => () => program.stop()));
    const out = work === 'map' ? 'MAPPED' : 'PASSED';
    const expected = work === 'map' ? passing(count) : count;
    const job = { server, count, expected };
    sides.push(
      {
        name: `${work}, engine ×${workers}`,
        measure: () =>
          round({ ...job, from: own, subject: `flow.${work}.${entry}`, out, pids: [engine.pid as number] }),
      },
      {
        name: `${work}, bare ×${workers}`,
        measure: () =>
          round({
            ...job,
            from: copy,
            subject: `bare_${work}.orders`,
            out: 'BARE',
            pids: programs.map(({ pid }) => pid),
          }),
      },
    );
  }
  return sides;
}

export interface Round {
  readonly server: BenchServer;
  readonly count: number;
  readonly expected: number;
  readonly from: ConsumerName;
  readonly subject: string;
  readonly out: string;
  readonly pids: readonly number[];
}

export async function round({ server, count, expected, from, subject, out, pids }: Round): Promise<Figures> {
  await server.purge(out);
  await server.fill(from, subject, count, (index) => orderBytes(index));
  const before = pids.reduce((sum, pid) => sum + familyCpuSeconds(pid), 0);
  const serverBefore = cpuSeconds(server.pid);
  const rate = await server.drainRate(from, count);
  const used = pids.reduce((sum, pid) => sum + familyCpuSeconds(pid), 0) - before;
  const serverUsed = cpuSeconds(server.pid) - serverBefore;
  const stored = await server.stored(out);
  if (stored !== expected) throw new Error(`${out} holds ${stored} messages instead of ${expected}`);
  const perMessage = (seconds: number) => (seconds / count) * 1e6;
  return { 'msg/s': rate, 'CPU µs/msg': perMessage(used), 'server CPU µs/msg': perMessage(serverUsed) };
}

function manifests(server: string): string {
  return `${mapFlow('map', server, 'mapped.orders')}
---
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: pass }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 1GiB }
  consumers:
    - { name: hook, type: http, port: 0, path: /in }
  producers:
    - { name: out, type: nats, servers: "${server}", subject: passed.orders, jetstream: true }
`;
}

/** An engine's side is followed by its reference. */
function targetOf(side: SideResult, reference: SideResult | undefined): readonly Target[] {
  if (reference === undefined || !side.name.includes('engine')) return [];
  const wanted = side.name.startsWith('map') ? 0.85 : 0.9;
  return [atLeast(`${side.name} / bare`, wanted, ratios(side, reference, 'msg/s'))];
}
