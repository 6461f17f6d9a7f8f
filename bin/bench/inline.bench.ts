// What payload references cost messages that do not need one: the same flow with a store and a threshold, and without.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BenchServer } from './bare/bench-server.ts';
import { mapFlow, passing } from './order.ts';
import { printResult } from './result.ts';
import { interleave, ratio, type SideResult } from './rounds.ts';
import { round } from './throughput.bench.ts';

const usage = `npm run bench -- inline [--messages 20000] [--rounds 7] [--json]

map + filter over messages of 1 KiB, one worker, two flows in it that take turns: one keeps what is larger than 64 KiB in an object store, the other
says nothing of payloads.`;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '20000', rounds: '7' }, usage);
  if (values === undefined) return;
  const [count, rounds] = [Number(values.messages), Number(values.rounds)];
  const server = await BenchServer.start();
  try {
    await server.addOutput('MAPPED');
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, manifests(server.url));
    await vrsky(['apply', file], { server: server.url });
    const engine = new EngineProcess({ server: server.url, cwd: server.directory });
    await engine.start();
    try {
      const pids = [engine.pid as number];
      const sides = await interleave(
        ['plain', 'stored'].map((name) => ({
          name,
          measure: () =>
            round({
              ...{ server, count, expected: passing(count), out: 'MAPPED', pids },
              from: { stream: `VRSKY_FLOW_${name}`, consumer: `${name}_first` },
              subject: `flow.${name}.first`,
            }),
        })),
        { rounds },
      );
      printResult(
        { case: 'inline', settings: { messages: count, rounds }, sides, targets: targetsOf(sides) },
        values.json,
      );
    } finally {
      await engine.stop();
    }
  } finally {
    await server.stop();
  }
}

function targetsOf([plain, stored]: readonly SideResult[]) {
  if (plain === undefined || stored === undefined) return [];
  return ['msg/s', 'CPU µs/msg'].map((figure) => {
    const { median, least, most } = ratio(stored, plain, figure);
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
    return {
      what: `${figure}, with a store / without`,
      wanted: '97–103 %',
      measured: `${percent(median)} (${percent(least)}–${percent(most)})`,
      holds: Math.abs(median - 1) <= 0.03,
    };
  });
}

function manifests(server: string): string {
  return `${mapFlow('plain', server, 'mapped.orders')}
---
${mapFlow('stored', server, 'mapped.orders')}  payload: { inline: 64KiB, store: bulk }
---
apiVersion: vrsky.io/v1
kind: ObjectStore
metadata: { name: bulk }
spec: { type: disk, directory: ./bulk }
`;
}
