// Carries payloads of growing size through an engine and a store, and does the same copies and hashes with bare streams.
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { startMortalS3 } from '../../engine/devserver/object-servers/s3-servers.ts';
import { formatSize, parseSize } from '../../engine/units/size.ts';
import { renderTable } from '../cli/table.ts';
import type { EngineProcess } from '../torture/engine-process.ts';
import { type BenchStore, bareStore, benchStore } from './payload/bench-store.ts';
import { fileRoute } from './payload/file-route.ts';
import { httpRoute } from './payload/http-route.ts';

const routes = { file: fileRoute, http: httpRoute };

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      sizes: { type: 'string', default: '64KiB,1MiB,64MiB,1GiB,4GiB' },
      routes: { type: 'string', default: 'file,http' },
      store: { type: 'string', default: 's3' },
    },
  });
  // What is published: types are not stripped while it runs.
  await promisify(execFile)(process.execPath, [path.resolve(import.meta.dirname, '../build.ts')]);
  const server = values.store === 's3' ? await startMortalS3() : undefined;
  if (server !== undefined && isMissing(server)) throw new Error(server.missing);
  const rows: string[][] = [];
  try {
    for (const route of values.routes.split(',') as (keyof typeof routes)[])
      for (const size of values.sizes.split(',')) {
        const bytes = parseSize(size) ?? Number.NaN;
        if (!(await hasRoom(bytes * 5))) {
          process.stderr.write(`${size}: not enough disk space for five copies\n`);
          continue;
        }
        rows.push(await measure(route, bytes, await benchStore(server)));
        process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
      }
  } finally {
    await server?.stop();
  }
  const columns = [
    'route',
    'size',
    'engine, peak',
    'idle before',
    'seconds',
    'bare streams',
    'of their speed',
  ];
  process.stdout.write(`${renderTable(columns, rows)}\n`);
}

async function measure(name: keyof typeof routes, bytes: number, store: BenchStore): Promise<string[]> {
  const route = await routes[name](store);
  try {
    const digest = await route.prepare(bytes);
    const bareMs = await timed(() => route.bare(bareStore(store, route.directory)));
    await route.engine.start();
    const idle = route.engine.memoryBytes();
    let arrived: () => Promise<string> = () => Promise.resolve('');
    const ms = await timed(async () => {
      arrived = await route.carry();
    });
    if ((await arrived()) !== digest) throw new Error('what arrived is not what was sent');
    const peak = await peakMemory(route.engine);
    const megabytes = (of: number) => `${Math.round(of / 1_000_000)} MB`;
    return [
      `${name} → ${store.name} → ${name}`,
      formatSize(bytes),
      megabytes(peak),
      megabytes(idle),
      (ms / 1000).toFixed(2),
      (bareMs / 1000).toFixed(2),
      `${Math.round((100 * bareMs) / ms)} %`,
    ];
  } finally {
    await route.close();
  }
}

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
