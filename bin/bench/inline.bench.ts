// What payload references cost messages that do not need one: the same flow with a store and a threshold, and without.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BenchServer } from './bare/bench-server.ts';
import { decisionMicroseconds } from './inline-decision.ts';
import { mapFlow, passing } from './order.ts';
import { printResult, type Target } from './result.ts';
import { centreInterval, interleave, type SideResult, spreadOf } from './rounds.ts';
import { round } from './throughput.bench.ts';

const usage = `npm run bench -- inline [--messages 4000] [--rounds 200] [--json]

map + filter over messages of 1 KiB, one worker, three flows in it that take turns: one keeps what is larger than 64 KiB in an object store, two say
nothing of payloads. Its processor time per message is held against the mean of theirs, round by round; theirs against one another says how
much of a difference is chance. What the questions take by themselves, whether a message is or needs a reference, is measured apart: both flows ask
them, and a flow without any would save no more than that. Rounds are short and many: what a collection of garbage costs falls into one of them or another.`;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '4000', rounds: '200' }, usage);
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
        ['plain', 'stored', 'twin'].map((name) => ({
          name,
          measure: () =>
            round({
              ...{ server, count, expected: passing(count), out: 'MAPPED', pids },
              from: { stream: `VRSKY_FLOW_${name}`, consumer: `${name}_first` },
              subject: `flow.${name}.first`,
            }),
        })),
        { rounds, warmUp: 4 },
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

/** Between rounds of the two others, so that whatever the machine does more and more or less and less is in neither. */
function targetsOf([plain, stored, twin]: readonly SideResult[]): readonly Target[] {
  const cost = (side: SideResult | undefined) =>
    (side?.rounds ?? []).map((one) => one['CPU µs/msg'] ?? Number.NaN);
  const [before, between, after] = [cost(plain), cost(stored), cost(twin)];
  const shares = between.map((one, round) => (2 * one) / ((before[round] ?? 0) + (after[round] ?? 0)));
  const { median, least, most } = centreInterval(shares);
  const question = decisionMicroseconds() / spreadOf([...before, ...after]).median;
  const chance = centreInterval(after.map((one, round) => one / (before[round] ?? 0)));
  return [
    {
      what: 'CPU µs/msg, with a store / without',
      wanted: 'all of 97–103 %',
      measured: `${percent(median)} (95 %: ${percent(least)}–${percent(most)})`,
      holds: least >= 0.97 && most <= 1.03,
    },
    {
      what: 'CPU µs/msg, without / without',
      wanted: 'around 100 %',
      measured: `${percent(chance.median)} (95 %: ${percent(chance.least)}–${percent(chance.most)})`,
      holds: chance.least <= 1 && chance.most >= 1,
    },
    {
      what: 'of it, asking for references',
      wanted: '≤ 3 %',
      measured: `${(question * 100).toFixed(2)} %`,
      holds: question <= 0.03,
    },
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function manifests(server: string): string {
  return `${mapFlow('plain', server, 'mapped.orders')}
---
${mapFlow('twin', server, 'mapped.orders')}
---
${mapFlow('stored', server, 'mapped.orders')}  payload: { inline: 64KiB, store: bulk }
---
apiVersion: vrsky.io/v1
kind: ObjectStore
metadata: { name: bulk }
spec: { type: disk, directory: ./bulk }
`;
}
