// The flow of `throughput` on another engine, when one is on PATH, against the same server.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { BenchServer, type ConsumerName } from './bare/bench-server.ts';
import { mapFlow, orderBytes } from './order.ts';
import { printResult } from './result.ts';
import { interleave, type Side, type SideResult } from './rounds.ts';

const usage = `npm run bench -- peers [--messages 20000] [--rounds 3] [--json]

Looks for bento and redpanda-connect on PATH. Each takes the same orders from a stream, maps and filters them, and stores them in another with
a message id, as the engine does; all take turns on one server.`;

const programs = ['bento', 'redpanda-connect'] as const;

export async function run(argv: readonly string[]): Promise<void> {
  const values = readArguments(argv, { messages: '20000', rounds: '3' }, usage);
  if (values === undefined) return;
  const found = programs.filter((program) => spawnSync(program, ['--version']).error === undefined);
  if (found.length === 0) {
    process.stderr.write(`peers: none of ${programs.join(', ')} is on PATH\n`);
    process.exitCode = 1;
    return;
  }
  const settings = { messages: Number(values.messages), rounds: Number(values.rounds) };
  const sides = await measurePeers(found, settings);
  printResult({ case: 'peers', settings, sides, targets: [] }, values.json);
}

async function measurePeers(
  found: readonly string[],
  { messages, rounds }: { readonly messages: number; readonly rounds: number },
): Promise<readonly SideResult[]> {
  const server = await BenchServer.start();
  const engine = new EngineProcess({ server: server.url, cwd: server.directory });
  const peers: ChildProcess[] = [];
  try {
    for (const stream of ['MAPPED', 'PEERS']) await server.addOutput(stream);
    const file = path.join(server.directory, 'bench.vrsky.yaml');
    await writeFile(file, mapFlow('map', server.url, 'mapped.orders'));
    await vrsky(['apply', file], { server: server.url });
    await engine.start();
    const own = { stream: 'VRSKY_FLOW_map', consumer: 'map_first' };
    const side = (name: string, from: ConsumerName, subject: string): Side => ({
      name,
      measure: async () => {
        await server.fill(from, subject, messages, (index) => orderBytes(index));
        return { 'msg/s': await server.drainRate(from, messages) };
      },
    });
    const sides = [side('vrsky', own, 'flow.map.first')];
    for (const [index, program] of found.entries()) {
      const copy = await server.copyConsumer(own, `PEER_${index}`);
      peers.push(await startPeer(program, server, copy));
      sides.push(side(program, copy, `peer_${index}.orders`));
    }
    return await interleave(sides, { rounds });
  } finally {
    for (const peer of peers) peer.kill();
    await engine.stop();
    await server.stop();
  }
}

async function startPeer(program: string, server: BenchServer, from: ConsumerName): Promise<ChildProcess> {
  const file = path.join(server.directory, `${from.stream}.yaml`);
  await writeFile(file, peerConfig(server.url, from));
  const args = program === 'bento' ? ['-c', file] : ['run', file];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  while ((await server.pulled(from.stream)) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  return child;
}

function peerConfig(server: string, { stream, consumer }: ConsumerName): string {
  return `
http: { enabled: false }
input:
  nats_jetstream: { urls: ["${server}"], stream: ${stream}, durable: ${consumer}, bind: true, max_ack_pending: 10000 }
pipeline:
  processors:
    - mapping: |
        root = {
          "id": this.id,
          "at": this.at,
          "customer": this.customer.name,
          "country": this.customer.address.country,
          "total": this.lines.map_each(line -> line.price * line.quantity).sum(),
          "lines": this.lines.length()
        }
    - mapping: |
        root = if this.total < 100 { deleted() }
output:
  nats_jetstream:
    urls: ["${server}"]
    subject: peers.orders
    max_in_flight: 1024
    headers: { Nats-Msg-Id: '${stream}-\${! metadata("nats_sequence_stream") }' }
`;
}
