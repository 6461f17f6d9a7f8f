// What order per key costs: a backlog of one flow without order, and with it over 1, 8 and 32 lanes, in turns.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { storeSubject } from '../../engine/compile/lanes.ts';
import type { StageAddress } from '../../engine/compile/program.ts';
import { type Connected, connectBroker } from '../../engine/nats/connect.ts';
import { findFlow } from '../../engine/runtime/deployed-flow.ts';
import { header } from '../../engine/runtime/envelope.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { BenchServer } from './bare/bench-server.ts';
import { mapExpression, orderBytes } from './order.ts';
import { printResult } from './result.ts';
import { type Figures, interleave, type Side } from './rounds.ts';

const usage = `npm run bench -- ordering [--messages 30000] [--keys 1000] [--rounds 3] [--json]

Each round stores the messages (1 KiB of JSON, file storage) under the keys of their lanes, then starts an engine that maps them and
publishes them to a stream on disk; measured is from the first acknowledgement to the last.`;

const laneCounts = [0, 1, 8, 32];
const nameOf = (lanes: number) => (lanes === 0 ? 'unordered' : `lanes-${lanes}`);

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      messages: { type: 'string', default: '30000' },
      keys: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const settings = { messages: Number(values.messages), keys: Number(values.keys) };
  const server = await BenchServer.start();
  const connected = await connectBroker({ servers: [server.url], name: 'bench' });
  try {
    await server.addOutput('ORDERED');
    const file = path.join(server.directory, 'ordering.vrsky.yaml');
    await writeFile(file, laneCounts.map((lanes) => manifest(lanes, server.url)).join('---\n'));
    await vrsky(['apply', file], { server: server.url });
    const sides = laneCounts.map((lanes): Side => {
      const name = nameOf(lanes);
      return { name, measure: () => round(connected, server, name, settings) };
    });
    const results = await interleave(sides, { rounds: Number(values.rounds), warmUp: 0 });
    printResult({ case: 'ordering', settings, sides: results, targets: [] }, values.json);
  } finally {
    await connected.broker.close();
    await server.stop();
  }
}

async function round(
  { broker, cluster }: Connected,
  server: BenchServer,
  flow: string,
  { messages, keys }: { readonly messages: number; readonly keys: number },
): Promise<Figures> {
  const { flow: deployed } = await findFlow(broker, flow);
  const target = deployed.consumers[0]?.stages[0] as StageAddress;
  for (let n = 0; n < messages; n++) {
    const key = `key-${n % keys}`;
    const headers = [[header.orderKey, key] as const];
    broker.publisher.send(storeSubject(target, key), orderBytes(n), headers, undefined, (error) => {
      if (error !== undefined) throw error;
    });
  }
  await broker.publisher.flush();
  const engine = new EngineProcess({ server: server.url, args: ['--flow', flow], cwd: server.directory });
  await engine.start();
  const left = async () =>
    (await cluster.listStreams()).find(({ spec }) => spec.name === deployed.stream)?.messages ?? 0;
  let waiting = await left();
  while (waiting === messages) waiting = await left();
  const [began, most] = [performance.now(), waiting];
  while ((await left()) > 0) await pause(10);
  const seconds = (performance.now() - began) / 1000;
  await engine.stop();
  await server.purge('ORDERED');
  return { 'msg/s': most / seconds };
}

function manifest(lanes: number, server: string): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${nameOf(lanes)} }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 1GiB }
${lanes === 0 ? '' : `  ordering: { key: customer.name, lanes: ${lanes} }\n`}  consumers:
    - { name: hook, type: http, port: 0, path: /in }
  steps:
    - name: first
      type: map
      expression: |
${mapExpression.replaceAll(/^/gm, '        ')}
  producers:
    - { name: out, type: nats, servers: "${server}", subject: ordered.orders, jetstream: true }
`;
}
