// Offers invoices to the example flow at a fixed rate and measures the time from acceptance to delivery.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../engine/devserver/start-server.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { control } from '../../engine/runtime/trace.ts';
import type { WorkerReport } from '../../engine/runtime/worker.ts';
import { packageRoot } from '../cli/package.ts';
import { renderTable } from '../cli/table.ts';
import { startPeers } from '../demo/peers.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';

const usage = `npm run bench -- flow [--rate 2000] [--seconds 15] [--json]

Messages are stored at the flow's ingress at the given rate, whatever becomes of earlier ones (open loop). The engine is a process of
its own; latency is from acceptance to confirmed delivery, measured by the engine.`;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rate: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '15' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const result = await measure(Number(values.rate), Number(values.seconds));
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${renderTable(Object.keys(result), [Object.values(result).map(String)])}\n`);
}

async function measure(rate: number, seconds: number) {
  const root = await packageRoot();
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-'));
  const peers = await startPeers(path.join(root, 'flows', 'samples'), 0);
  const server = await startServer({ storeDir: path.join(directory, 'nats') });
  const env = { NORWAY_URL: peers.url, INVOICE_INBOX: path.join(directory, 'inbox') };
  const engine = new EngineProcess({ server: server.url, env, cwd: directory });
  try {
    await vrsky(['apply', path.join(root, 'flows', 'invoices.vrsky.yaml')], { server: server.url });
    await engine.start();
    const { broker } = await connectBroker({ servers: [server.url], name: 'bench' });
    const samples = await readSamples(path.join(root, 'flows', 'samples', 'invoices'));
    await offer(broker.publisher, samples, rate, 3);
    const before = await report(broker);
    const cpuBefore = engine.cpuSeconds();
    const began = performance.now();
    await offer(broker.publisher, samples, rate, seconds);
    const offeredPerSecond = Math.round((rate * seconds) / ((performance.now() - began) / 1000));
    await settled(broker, before.done + rate * seconds);
    const after = await report(broker);
    await broker.close();
    return {
      offered: `${offeredPerSecond}/s`,
      messages: after.done - before.done,
      p50: `${after.p50.toFixed(1)} ms`,
      p99: `${after.p99.toFixed(1)} ms`,
      max: `${after.max.toFixed(0)} ms`,
      cpu: `${Math.round(((engine.cpuSeconds() - cpuBefore) / (rate * seconds)) * 1e6)} µs/msg`,
      memory: `${Math.round(engine.memoryBytes() / 1048576)} MiB`,
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

/** Every five milliseconds what is due by the clock, however late the timer: what waits is measured, not left out. */
async function offer(
  publisher: Sender,
  samples: readonly Sample[],
  rate: number,
  seconds: number,
): Promise<void> {
  const total = rate * seconds;
  const began = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; sent < due; sent++) {
      const headers = [
        ['Vrsky-Id', `b${sent}`],
        ['Vrsky-Accepted', String(Date.now())],
        ['Content-Type', 'application/xml'],
      ] as const;
      publisher.send(
        'flow.invoices.parse',
        (samples[sent % samples.length] as Sample)(sent),
        headers,
        undefined,
        (error) => {
          if (error !== undefined) throw error;
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Asking {
  ask(subject: string, value: unknown, waitMs: number): Promise<readonly unknown[]>;
}

async function report(broker: Asking) {
  const [answer] = (await broker.ask(control.stats, {}, 200)) as readonly WorkerReport[];
  const stats = answer?.flows.find((flow) => flow.flow === 'invoices');
  const delivered = Object.values(stats?.delivered ?? {}).reduce((sum, count) => sum + count, 0);
  const { p50 = 0, p99 = 0, max = 0 } = stats?.latency ?? {};
  if ((stats?.deadLettered ?? 0) > 0)
    throw new Error(`${stats?.deadLettered} dead letters: the measurement means nothing`);
  return { done: delivered + (stats?.filtered ?? 0) + (stats?.deadLettered ?? 0), p50, p99, max };
}

async function settled(broker: Asking, count: number): Promise<void> {
  for (let tries = 0; tries < 150; tries++) if ((await report(broker)).done >= count) return;
  throw new Error(
    `the engine did not finish what was offered: ${JSON.stringify(await report(broker))} of ${count}`,
  );
}
