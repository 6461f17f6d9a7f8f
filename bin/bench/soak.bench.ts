// Mixed traffic for minutes: whether memory or handles of a worker grow once it is warm.
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { testPort } from '../../engine/devserver/test-port.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { feed } from '../torture/feeder.ts';
import { readArguments } from './arguments.ts';
import { BenchServer } from './bare/bench-server.ts';
import { liveBytes } from './live-memory.ts';
import { mapFlow, orderBytes } from './order.ts';
import { memoryBytes } from './process-cost.ts';
import { atMost, printResult } from './result.ts';
import { type Figures, type SideResult, spreadOf } from './rounds.ts';

const usage = `npm run bench -- soak [--minutes 36] [--rate 500] [--json]

Orders through map and filter at a fixed rate, 50 webhooks a second, a poison message every second that becomes a dead letter. The
first third warms up; the slope is that of a straight line through the resident memory of the rest. That memory is a saw with teeth of 7 to 25
minutes: its slope tells, even after an hour, where on a tooth the run began and ended. What lives is asked twice, after a full collection:
in the middle of the warm-up and at the end.`;

export interface SoakSettings {
  readonly minutes: number;
  readonly rate: number;
}

interface Live {
  readonly hours: number;
  readonly mebibytes: number;
}

interface Sample extends Live {
  readonly handles: number;
}

const everyMs = 1000;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { minutes: '36', rate: '500' }, usage);
  if (values === undefined) return;
  const settings = { minutes: Number(values.minutes), rate: Number(values.rate) };
  const { side, slope, liveSlope, handles } = await measureSoak(settings);
  const targets = [
    atMost('slope of resident memory', 8, spreadOf([slope]), 'MiB/h'),
    atMost('slope of what lives after a full collection', 8, spreadOf([liveSlope]), 'MiB/h'),
    atMost('handles more than after warm-up', 8, spreadOf([handles]), ''),
  ];
  printResult({ case: 'soak', settings, sides: [side], targets }, values.json);
}

export async function measureSoak({ minutes, rate }: SoakSettings) {
  const server = await BenchServer.start();
  const engine = new EngineProcess({ server: server.url, cwd: server.directory });
  const ended = new AbortController();
  try {
    await server.addOutput('MAPPED');
    const port = await testPort();
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, `${mapFlow('map', server.url, 'mapped.orders')}---${hookFlow(port)}`);
    await vrsky(['apply', file], { server: server.url });
    await engine.start();
    const url = `http://127.0.0.1:${port}/in`;
    const feeding = feed({ urls: [url], concurrency: 1, rate: 50, stop: ended.signal });
    const middle = setTimeout(minutes * 10_000).then(() => lookAtLive(engine));
    const [samples, atFirst] = await Promise.all([
      watch(server, engine.pid as number, minutes, rate),
      middle,
    ]);
    const live = [atFirst, await lookAtLive(engine)];
    ended.abort();
    await feeding;
    const warm = samples.slice(Math.floor(samples.length / 3));
    const before = warm[0]?.handles ?? 0;
    return {
      side: sideOf(warm, live),
      slope: slopeOf(warm),
      liveSlope: slopeOf(live),
      handles: (warm.at(-1)?.handles ?? 0) - before,
    };
  } finally {
    ended.abort();
    await engine.stop();
    await server.stop();
  }
}

async function lookAtLive(engine: EngineProcess): Promise<Live> {
  const bytes = await liveBytes(engine);
  return { hours: performance.now() / 3_600_000, mebibytes: bytes / 1048576 };
}

/** Sends what is due and looks at the process, once a second. */
async function watch(
  server: BenchServer,
  pid: number,
  minutes: number,
  rate: number,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const began = performance.now();
  const endAt = began + minutes * 60_000;
  let sent = 0;
  for (let now = began; now < endAt; now = performance.now()) {
    for (const due = ((now - began) / 1000) * rate; sent < due; sent++) {
      await server.publisher.room();
      const body = sent % rate === 0 ? Buffer.from('{"poison"') : orderBytes(sent, sent);
      server.publisher.send('flow.map.first', body, server.ingressHeaders(), () => undefined);
    }
    // What came out is of no more use, and the disk is not endless.
    if (samples.length % 60 === 59) await server.purge('MAPPED');
    const handles = readdirSync(`/proc/${pid}/fd`).length;
    samples.push({ hours: (now - began) / 3_600_000, mebibytes: memoryBytes(pid) / 1048576, handles });
    await setTimeout(everyMs);
  }
  return samples;
}

/** MiB an hour, by least squares. */
export function slopeOf(samples: readonly Live[]): number {
  const mean = (of: (sample: Live) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const hours = mean((sample) => sample.hours);
  const memory = mean((sample) => sample.mebibytes);
  const covariance = mean((sample) => (sample.hours - hours) * (sample.mebibytes - memory));
  return covariance / mean((sample) => (sample.hours - hours) ** 2);
}

function sideOf(samples: readonly Sample[], live: readonly Live[]): SideResult {
  const rounds: Figures[] = samples.map(({ mebibytes, handles }) => ({ 'memory MiB': mebibytes, handles }));
  const spread = {
    'memory MiB': spreadOf(samples.map(({ mebibytes }) => mebibytes)),
    handles: spreadOf(samples.map(({ handles }) => handles)),
    'live MiB': spreadOf(live.map(({ mebibytes }) => mebibytes)),
  };
  return { name: 'engine', rounds, spread };
}

function hookFlow(port: number): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: hook }
spec:
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
