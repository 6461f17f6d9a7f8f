// How long a message takes through a stage between two streams, at fixed rates, against publish → consume alone.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BenchServer } from './bare/bench-server.ts';
import { Courier } from './bare/courier.ts';
import { mapFlow, passing } from './order.ts';
import { printResult, type Target } from './result.ts';
import {
  type Figures,
  interleave,
  percentile,
  ratios,
  type Side,
  type SideResult,
  spreadOf,
} from './rounds.ts';

const usage = `npm run bench -- latency [--rates 1000,5000,20000] [--seconds 5] [--rounds 3] [--json] [--profile DIR]

Orders are offered at fixed rates whatever becomes of earlier ones, and each one's time counts from when it was due, so that a stall is seen
in full (open loop, no coordinated omission). Flow: stored at the ingress → map, filter → stored in another stream → pulled. Bare: stored →
pulled. Both in turns on the same server.`;

export interface LatencySettings {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
}

/** At this rate the flow is held against the bare time. */
const heldRate = 5000;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { rates: '1000,5000,20000', seconds: '5', rounds: '3' }, usage);
  if (values === undefined) return;
  const settings = {
    rates: values.rates.split(',').map(Number),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
  };
  const sides = await measureLatency(settings);
  const { seconds, rounds } = settings;
  printResult(
    { case: 'latency', settings: { seconds, rounds }, sides, targets: targetsOf(sides) },
    values.json,
  );
}

export async function measureLatency(settings: LatencySettings): Promise<readonly SideResult[]> {
  const server = await BenchServer.start();
  const engine = new EngineProcess({ server: server.url, cwd: server.directory });
  try {
    for (const stream of ['MAPPED', 'BARE']) await server.addOutput(stream);
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, mapFlow('map', server.url, 'mapped.orders'));
    await vrsky(['apply', file], { server: server.url });
    await engine.start();
    const couriers = {
      flow: new Courier(server, 'flow.map.first', await server.addConsumer('MAPPED')),
      bare: new Courier(server, 'bare.orders', await server.addConsumer('BARE')),
    };
    const { rounds, seconds } = settings;
    const sides = settings.rates.flatMap((rate): Side[] => [
      {
        name: `flow, ${rate}/s`,
        measure: () => offer(couriers.flow, rate, seconds, passing(rate * seconds)),
      },
      { name: `bare, ${rate}/s`, measure: () => offer(couriers.bare, rate, seconds, rate * seconds) },
    ]);
    return await interleave(sides, { rounds });
  } finally {
    await engine.stop();
    await server.stop();
  }
}

async function offer(courier: Courier, rate: number, seconds: number, expected: number): Promise<Figures> {
  const took = await courier.offer(rate, rate * seconds, expected);
  took.sort();
  return {
    'p50 ms': percentile(took, 0.5),
    'p99 ms': percentile(took, 0.99),
    'p99.9 ms': percentile(took, 0.999),
    'max ms': took.at(-1) ?? Number.NaN,
  };
}

function targetsOf(sides: readonly SideResult[]): readonly Target[] {
  const flow = sides.find(({ name }) => name === `flow, ${heldRate}/s`);
  const bare = sides.find(({ name }) => name === `bare, ${heldRate}/s`);
  if (flow === undefined || bare === undefined) return [];
  const { median, least, most } = spreadOf(ratios(flow, bare, 'p99 ms'));
  const text = (value: number) => value.toFixed(1);
  return [
    {
      what: `p99 at ${heldRate}/s, flow / bare`,
      wanted: '≤ 3',
      measured: `${text(median)} (${text(least)}–${text(most)})`,
      holds: median <= 3,
    },
  ];
}
