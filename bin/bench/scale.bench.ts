// Many flows of three stages in one worker: how fast it starts, what it costs at rest, and what passes through with all of them live.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { testPort } from '../../engine/devserver/test-port.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BareProcess } from './bare/bare-process.ts';
import type { BareStage } from './bare/bare-stage.ts';
import { BenchServer } from './bare/bench-server.ts';
import { cpuSeconds, memoryBytes } from './process-cost.ts';
import { atLeast, atMost, printResult, type Target } from './result.ts';
import { type Figures, interleave, ratios, type SideResult, spreadOf } from './rounds.ts';

const usage = `npm run bench -- scale [--flows 1,100,1000] [--messages 20000] [--rounds 7] [--idle 10] [--json] [--profile DIR]

Each flow has an http consumer, three stages (two durable boundaries) and a log producer. Start-up: from the start of the process until every
JetStream consumer is pulled from. At rest: --idle seconds without a message, after as many in which what starting leaves is done (first
CPU). Throughput: messages offered round all flows until
every stage is through with them; bare: a program that pulls, publishes and acknowledges on copies of the same streams.`;

export interface ScaleSettings {
  readonly flows: readonly number[];
  readonly messages: number;
  readonly rounds: number;
  readonly idleSeconds: number;
}

export interface ScaleResult {
  readonly flows: number;
  readonly atRest: SideResult;
  readonly sides: readonly SideResult[];
}

const stagesPerFlow = 3;

export async function run(argv: readonly string[]): Promise<void> {
  const defaults = { flows: '1,100,1000', messages: '20000', rounds: '7', idle: '10' };
  const values = readArguments(argv, defaults, usage);
  if (values === undefined) return;
  const settings = {
    flows: values.flows.split(',').map(Number),
    messages: Number(values.messages),
    rounds: Number(values.rounds),
    idleSeconds: Number(values.idle),
  };
  const results: ScaleResult[] = [];
  for (const flows of settings.flows) results.push(await measureScale(flows, settings));
  const sides = results.flatMap((result) => [result.atRest, ...result.sides]);
  const { messages, rounds } = settings;
  printResult(
    { case: 'scale', settings: { messages, rounds }, sides, targets: targetsOf(results) },
    values.json,
  );
}

export async function measureScale(
  flows: number,
  settings: Omit<ScaleSettings, 'flows'>,
): Promise<ScaleResult> {
  const server = await BenchServer.start();
  const engine = new EngineProcess({
    server: server.url,
    cwd: server.directory,
    args: ['--log-level', 'info'],
  });
  let bare: BareProcess | undefined;
  try {
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, manifests(flows, await testPort()));
    await vrsky(['apply', file], { server: server.url });
    const streams = await server.streams('VRSKY_FLOWS_');
    const began = performance.now();
    await engine.start();
    while ((await pulledIn(server, streams)) < flows * stagesPerFlow)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const startSeconds = (performance.now() - began) / 1000;
    const rest = await atRest(engine.pid as number, server.pid, settings.idleSeconds);
    const figures: Figures = { 'start-up s': startSeconds, ...rest };
    const copies = await server.copyStreams(streams);
    bare = await BareProcess.start('bare-stage.ts', { server: server.url, stages: copies.map(bareStage) });
    const names = Array.from({ length: flows }, (_, index) => `f${index}`);
    const side = (name: string, root: string, of: readonly string[], pid: number) => ({
      name: `${flows} flows, ${name}`,
      measure: async () => {
        const subjects = names.map((flow) => `${root}.${flow}.first`);
        const before = [cpuSeconds(pid), cpuSeconds(server.pid)] as const;
        const rate = await server.passRate(subjects, of, settings.messages);
        const perMessage = (seconds: number) => (seconds / settings.messages) * 1e6;
        return {
          'msg/s': rate,
          'CPU µs/msg': perMessage(cpuSeconds(pid) - before[0]),
          'server CPU µs/msg': perMessage(cpuSeconds(server.pid) - before[1]),
        };
      },
    });
    const sides = await interleave(
      [
        side('engine', 'flow', streams, engine.pid as number),
        side('bare', 'bare', await server.streams('BARE_'), bare.pid),
      ],
      settings,
    );
    return { flows, atRest: single(`${flows} flows, at rest`, figures), sides };
  } finally {
    await bare?.stop();
    await engine.stop();
    await server.stop();
  }
}

async function pulledIn(server: BenchServer, streams: readonly string[]): Promise<number> {
  let count = 0;
  for (const stream of streams) count += await server.pulled(stream);
  return count;
}

async function atRest(engine: number, server: number, seconds: number): Promise<Figures> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const began = cpuSeconds(engine);
  await pause();
  const before = [cpuSeconds(engine), cpuSeconds(server)] as const;
  await pause();
  return {
    'first CPU %': ((before[0] - began) / seconds) * 100,
    'CPU %': ((cpuSeconds(engine) - before[0]) / seconds) * 100,
    'server CPU %': ((cpuSeconds(server) - before[1]) / seconds) * 100,
    'memory MiB': memoryBytes(engine) / 1048576,
  };
}

function single(name: string, figures: Figures): SideResult {
  const spread = Object.entries(figures).map(([figure, value]) => [figure, spreadOf([value])] as const);
  return { name, rounds: [figures], spread: Object.fromEntries(spread) };
}

function bareStage({
  stream,
  consumer,
  subject,
}: {
  stream: string;
  consumer: string;
  subject: string;
}): BareStage {
  const [root, flow, stage] = subject.split('.');
  const next = { first: 'second', second: 'third' }[stage ?? ''];
  return { stream, consumer, work: 'pass', to: next === undefined ? [] : [`${root}.${flow}.${next}`] };
}

function targetsOf(results: readonly ScaleResult[]): readonly Target[] {
  const least = results[0];
  const most = results.at(-1);
  if (least === undefined || most === undefined || most.flows < 100) return [];
  const figure = (result: ScaleResult, name: string) => result.atRest.rounds[0]?.[name] ?? Number.NaN;
  const grown = figure(most, 'memory MiB') - figure(least, 'memory MiB');
  const perFlow = (grown * 1024) / (most.flows - least.flows);
  return [
    atMost(`start-up of ${most.flows} flows`, 5, spreadOf([figure(most, 'start-up s')]), 's'),
    atMost(`CPU at rest, ${most.flows} flows`, 2, spreadOf([figure(most, 'CPU %')]), '%'),
    ...(most === least ? [] : [atMost('memory per flow', 100, spreadOf([perFlow]), 'KiB')]),
    ...results.map(({ flows, sides }) => {
      const [engine, bare] = sides as readonly [SideResult, SideResult];
      return atLeast(`${flows} flows, engine / bare`, 0.85, ratios(engine, bare, 'msg/s'));
    }),
  ];
}

function manifests(flows: number, port: number): string {
  return Array.from(
    { length: flows },
    (_, index) => `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: f${index} }
spec:
  consumers:
    - { name: hook, type: http, port: ${port}, path: /f${index} }
  steps:
    - { name: first, type: set, headers: { x-stage: "1" } }
    - { name: second, type: set, headers: { x-stage: "2" }, durable: true }
    - { name: third, type: set, headers: { x-stage: "3" }, durable: true }
  producers:
    - { name: out, type: log, level: debug }
`,
  ).join('---');
}
