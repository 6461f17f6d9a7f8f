// Carries payloads of growing size through an engine and a store, and does the same copies and hashes with bare streams.
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { startMortalS3 } from '../../engine/devserver/object-servers/s3-servers.ts';
import { formatSize, parseSize } from '../../engine/units/size.ts';
import { renderTable } from '../cli/table.ts';
import type { EngineProcess } from '../torture/engine-process.ts';
import { readArguments } from './arguments.ts';
import { type BenchStore, bareStore, benchStore } from './payload/bench-store.ts';
import { fileRoute } from './payload/file-route.ts';
import { httpRoute } from './payload/http-route.ts';
import { spreadOf } from './rounds.ts';

const usage = `npm run bench -- payload [--sizes 64KiB,1MiB,64MiB,1GiB,4GiB] [--routes file,http] [--store s3|disk] [--rounds 3] [--inline 256KiB] [--json]

Files through a store into files, and requests through it into requests, beside bare streams that do the same copies and hashes in the same
run. From 1 GiB on one round; 4 GiB takes some minutes. What is not larger than --inline travels in its message.`;

const routes = { file: fileRoute, http: httpRoute };
/** Small payloads are carried in numbers: what one of them takes is mostly waiting. */
const together = { bytes: 128 * 1024 * 1024, most: 512 };
const largeBytes = 1024 ** 3;

export async function run(argv: readonly string[]): Promise<void> {
  const defaults = {
    sizes: '64KiB,1MiB,64MiB,1GiB,4GiB',
    routes: 'file,http',
    store: 's3',
    rounds: '3',
    inline: '256KiB',
  };
  const values = readArguments(argv, defaults, usage);
  if (values === undefined) return;
  // What is published: types are not stripped while it runs.
  await promisify(execFile)(process.execPath, [path.resolve(import.meta.dirname, '../build.ts')]);
  const server = values.store === 's3' ? await startMortalS3() : undefined;
  if (server !== undefined && isMissing(server)) throw new Error(server.missing);
  const rows: string[][] = [];
  try {
    for (const route of values.routes.split(',') as (keyof typeof routes)[])
      for (const size of values.sizes.split(',')) {
        const bytes = parseSize(size) ?? Number.NaN;
        if (!(await hasRoom(bytes * 6))) {
          process.stderr.write(`${size}: not enough disk space for six copies\n`);
          continue;
        }
        const rounds = bytes < largeBytes ? Number(values.rounds) : 1;
        const settings = { bytes, rounds, payload: `{ inline: ${values.inline} }` };
        rows.push(await measure(route, await benchStore(server), settings));
        process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
      }
  } finally {
    await server?.stop();
  }
  const printed = values.json
    ? JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
      )
    : renderTable(columns, rows);
  process.stdout.write(`${printed}\n`);
}

const columns = [
  'route',
  'size',
  'idle',
  'peak: the first',
  'all',
  'the first',
  'each',
  'CPU each',
  'bare streams',
  'of their speed',
];

interface Settings {
  readonly bytes: number;
  readonly rounds: number;
  /** As in a manifest. */
  readonly payload: string;
}

async function measure(
  name: keyof typeof routes,
  store: BenchStore,
  { bytes, rounds, payload }: Settings,
): Promise<string[]> {
  const count = Math.max(1, Math.min(together.most, Math.floor(together.bytes / bytes)));
  const route = await routes[name](store, { payload });
  const bare = bareStore(store, route.directory);
  const names = (round: string | number) =>
    Array.from({ length: count }, (_, index) => `${round}-${index}.bin`);
  try {
    const digest = await route.prepare(bytes);
    const carry = async (carried: readonly string[]) => {
      await route.load(carried);
      const cpuBefore = route.engine.cpuSeconds();
      let arrived: () => Promise<readonly string[]> = () => Promise.resolve([]);
      const ms = await timed(async () => {
        arrived = await route.carry(carried);
      });
      const cpuMs = (route.engine.cpuSeconds() - cpuBefore) * 1000;
      if ((await arrived()).some((one) => one !== digest))
        throw new Error('what arrived is not what was sent');
      await route.unload(carried);
      return { ms, cpuMs };
    };
    const carryBare = async (carried: readonly string[]) => {
      await bare.prepare(carried);
      await route.load(carried);
      const ms = await timed(() => route.bare(bare, carried));
      await bare.clear(carried);
      await route.unload(carried);
      return ms;
    };
    await route.engine.start();
    const idle = route.engine.memoryBytes();
    // A large one is its own warm-up.
    const first = rounds === 1 ? undefined : await carry(['first.bin']);
    const alone = await peakMemory(route.engine);
    if (rounds > 1) await carryBare(['first.bin']);
    const measured: { readonly ms: number; readonly cpuMs: number; readonly bareMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const bareMs = await carryBare(names(`bare-${round}`));
      measured.push({ ...(await carry(names(round))), bareMs });
    }
    const shares = spreadOf(measured.map(({ ms, bareMs }) => bareMs / ms));
    const each = (figure: (one: (typeof measured)[number]) => number) =>
      milliseconds(spreadOf(measured.map(figure)).median / count);
    return [
      `${name} → ${store.name} → ${name}`,
      count === 1 ? formatSize(bytes) : `${count} × ${formatSize(bytes)}`,
      megabytes(idle),
      first === undefined ? '' : megabytes(alone),
      megabytes(await peakMemory(route.engine)),
      milliseconds((first ?? measured[0])?.ms ?? Number.NaN),
      each(({ ms }) => ms),
      each(({ cpuMs }) => cpuMs),
      each(({ bareMs }) => bareMs),
      rounds === 1
        ? percent(shares.median)
        : `${percent(shares.median)} (${percent(shares.least)}–${percent(shares.most)})`,
    ];
  } finally {
    await route.close();
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
const milliseconds = (ms: number) =>
  ms < 10_000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
const percent = (share: number) => `${Math.round(100 * share)} %`;

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Of the engine's process, as Linux kept count. */
async function peakMemory({ pid }: EngineProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

async function hasRoom(bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(tmpdir());
  return bavail * bsize > bytes;
}
