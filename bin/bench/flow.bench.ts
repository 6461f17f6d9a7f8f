// Offers invoices to the example flow at a fixed rate and measures the time from acceptance to delivery.
import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startServer } from '../../engine/devserver/start-server.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { added, type LatencyCounts, percentile, since } from '../../engine/runtime/latency-histogram.ts';
import { sumCounts } from '../../engine/runtime/status.ts';
import { control } from '../../engine/runtime/trace.ts';
import type { WorkerReport } from '../../engine/runtime/worker.ts';
import { packageRoot } from '../cli/package.ts';
import { renderTable } from '../cli/table.ts';
import { startPeers } from '../demo/peers.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';
import { familyCpuSeconds } from './process-cost.ts';

const usage = `npm run bench -- flow [--rate 2000] [--seconds 15] [--workers 1] [--json]

Messages are stored at the flow's ingress at the given rate, whatever becomes of earlier ones (open loop), after ten seconds of warming
up. The engine is what is published, in a process of its own; latency is from acceptance to confirmed delivery, measured by the engine. "bare file" is what a
file costs here without the engine (create, write, sync, rename; 64 at a time): ext4 looks at everything that was deleted in the last
minutes before it creates a file, so a second run right after a first one measures the file system.`;

const warmUpSeconds = 5;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rate: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '15' },
      workers: { type: 'string', default: '1' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const result = await measure(Number(values.rate), Number(values.seconds), Number(values.workers));
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${renderTable(Object.keys(result), [Object.values(result).map(String)])}\n`);
}

async function measure(rate: number, seconds: number, workers: number) {
  const root = await packageRoot();
  await promisify(execFile)(process.execPath, [path.join(root, 'bin', 'build.ts')]);
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-'));
  const peers = await startPeers(path.join(root, 'flows', 'samples'), 0);
  const server = await startServer({ storeDir: path.join(directory, 'nats') });
  const env = { NORWAY_URL: peers.url, INVOICE_INBOX: path.join(directory, 'inbox') };
  const args = workers === 1 ? [] : ['--workers', String(workers)];
  const engine = new EngineProcess({ server: server.url, env, cwd: directory, args, workers, built: true });
  try {
    await vrsky(['apply', path.join(root, 'flows', 'invoices.vrsky.yaml')], { server: server.url });
    await engine.start();
    const { broker } = await connectBroker({ servers: [server.url], name: 'bench' });
    const samples = await readSamples(path.join(root, 'flows', 'samples', 'invoices'));
    const bareFile = await bareFileMicroseconds(directory);
    const offer = offering(broker.publisher, samples);
    // Cold code is slow: half the rate first, then the whole, until nothing waits.
    await offer(rate / 2, warmUpSeconds);
    await offer(rate, warmUpSeconds);
    await settled(broker, (rate + rate / 2) * warmUpSeconds);
    const before = await report(broker);
    const cpuBefore = familyCpuSeconds(engine.pid as number);
    const began = performance.now();
    await offer(rate, seconds);
    const offeredPerSecond = Math.round((rate * seconds) / ((performance.now() - began) / 1000));
    await settled(broker, before.done + rate * seconds);
    const after = await report(broker);
    await broker.close();
    const latency = since(before.latency, after.latency);
    const cpu = familyCpuSeconds(engine.pid as number) - cpuBefore;
    return {
      offered: `${offeredPerSecond}/s`,
      messages: after.done - before.done,
      p50: `${percentile(latency, 0.5)?.toFixed(1)} ms`,
      p99: `${percentile(latency, 0.99)?.toFixed(1)} ms`,
      max: `${percentile(latency, 1)?.toFixed(1)} ms`,
      cpu: `${Math.round((cpu / (rate * seconds)) * 1e6)} µs/msg`,
      memory: `${Math.round(engine.memoryBytes() / 1048576)} MiB`,
      'bare file': `${bareFile} µs`,
    };
  } finally {
    await engine.stop();
    await server.stop();
    await peers.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A sample invoice, ready to be given a number of its own. */
type Sample = (id: number) => Buffer;

async function readSamples(folder: string): Promise<readonly Sample[]> {
  const names = (await readdir(folder)).filter((name) => name !== 'broken.xml');
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => {
    // The first ID is the invoice's own; later ones are its lines'.
    return (id) => Buffer.from(text.replace(/<cbc:ID>[^<]+/, `<cbc:ID>B-${id}`));
  });
}

interface Sender {
  send(
    subject: string,
    data: Uint8Array,
    headers: readonly (readonly [string, string])[],
    messageId: string | undefined,
    done: (error?: Error) => void,
  ): void;
}

/** Every five milliseconds what is due by the clock, however late the timer: what waits is measured, not left out. No number is used twice. */
function offering(publisher: Sender, samples: readonly Sample[]) {
  let number = 0;
  return async (rate: number, seconds: number): Promise<void> => {
    const total = rate * seconds;
    const began = performance.now();
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
      for (; sent < due; sent++) send(publisher, samples[sent % samples.length] as Sample, number++);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
}

function send(publisher: Sender, sample: Sample, number: number): void {
  const headers = [
    ['Vrsky-Id', `b${number}`],
    ['Vrsky-Accepted', String(Date.now())],
    ['Content-Type', 'application/xml'],
  ] as const;
  publisher.send('flow.invoices.parse', sample(number), headers, undefined, (error) => {
    if (error !== undefined) throw error;
  });
}

interface Asking {
  ask(subject: string, value: unknown, waitMs: number): Promise<readonly unknown[]>;
}

interface Report {
  readonly done: number;
  readonly latency: LatencyCounts;
}

async function report(broker: Asking): Promise<Report> {
  const answers = (await broker.ask(control.stats, {}, 200)) as readonly WorkerReport[];
  const all = answers.flatMap(({ flows }) => flows.filter(({ flow }) => flow === 'invoices'));
  const { filtered, deadLettered, delivered } = sumCounts(all);
  if (deadLettered > 0) throw new Error(`${deadLettered} dead letters: the measurement means nothing`);
  const done = Object.values(delivered).reduce((sum, count) => sum + count, filtered);
  return { done, latency: added(all.map(({ latency }) => latency)) };
}

async function settled(broker: Asking, count: number): Promise<void> {
  for (let tries = 0; tries < 150; tries++) if ((await report(broker)).done >= count) return;
  throw new Error(
    `the engine did not finish what was offered: ${JSON.stringify(await report(broker))} of ${count}`,
  );
}

/** What the disk and the file system take, without anything of ours. */
async function bareFileMicroseconds(directory: string): Promise<number> {
  const batches = 10;
  const atOnce = 64;
  const bytes = Buffer.alloc(400, 'x');
  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const names = Array.from({ length: atOnce }, (_, index) =>
      path.join(directory, `bare-${batch}-${index}`),
    );
    await Promise.all(
      names.map(async (name) => {
        const handle = await open(`${name}.tmp`, 'wx');
        await handle.writeFile(bytes);
        await handle.datasync();
        await handle.close();
        await rename(`${name}.tmp`, name);
      }),
    );
  }
  return Math.round(((performance.now() - began) * 1000) / (batches * atOnce));
}
