// Carries files of growing size through an engine and a store, and does the same copies and hashes with bare streams.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { formatSize, parseSize } from '../../engine/units/size.ts';
import { renderTable } from '../cli/table.ts';
import { openPayloadArena, type PayloadArena } from '../torture/payload-arena.ts';

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      sizes: { type: 'string', default: '64KiB,1MiB,64MiB,1GiB,4GiB' },
      store: { type: 'string' },
    },
  });
  const sizes = values.sizes.split(',').map((text) => parseSize(text) ?? Number.NaN);
  const rows: string[][] = [];
  for (const bytes of sizes) {
    if (!(await hasRoom(bytes * 5))) {
      process.stderr.write(`${formatSize(bytes)}: not enough disk space for five copies\n`);
      continue;
    }
    rows.push(await measure(bytes, values.store));
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
  }
  const columns = ['size', 'engine, peak', 'idle before', 'seconds', 'bare streams', 'of their speed'];
  process.stdout.write(`${renderTable(columns, rows)}\n`);
}

async function measure(bytes: number, store: string | undefined): Promise<string[]> {
  const arena = await openPayloadArena(store);
  try {
    const digest = await arena.prepare('a.bin', bytes);
    const bareMs = await bareCopies(path.join(arena.directory, 'prepared', 'a.bin'), arena.directory);
    await arena.engine.start();
    const idle = arena.engine.memoryBytes();
    const began = performance.now();
    await arena.offer('a.bin');
    const arrived = await arena.arrived('a.bin');
    const hashedMs = performance.now() - began;
    if (arrived !== digest) throw new Error('what arrived is not what was sent');
    const ms = Math.max(1, hashedMs - (await hashMs(path.join(arena.directory, 'out', 'a.bin'))));
    const peak = await peakMemory(arena);
    const megabytes = (of: number) => `${Math.round(of / 1_000_000)} MB`;
    return [
      formatSize(bytes),
      megabytes(peak),
      megabytes(idle),
      (ms / 1000).toFixed(2),
      (bareMs / 1000).toFixed(2),
      `${Math.round((100 * bareMs) / ms)} %`,
    ];
  } finally {
    await arena.close();
  }
}

/** File → hash → synced file → hash → synced file: what a transfer by reference has to do. */
async function bareCopies(source: string, folder: string): Promise<number> {
  const began = performance.now();
  const copies = [path.join(folder, 'bare-1'), path.join(folder, 'bare-2')] as const;
  await copy(source, copies[0]);
  await copy(copies[0], copies[1]);
  const ms = performance.now() - began;
  for (const file of copies) await rm(file);
  return ms;
}

async function copy(from: string, to: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(from, { highWaterMark: 256 * 1024 }),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(`${to}.tmp`, { highWaterMark: 256 * 1024 }),
  );
  const handle = await open(`${to}.tmp`);
  await handle.sync();
  await handle.close();
  await rename(`${to}.tmp`, to);
}

async function hashMs(file: string): Promise<number> {
  const began = performance.now();
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Uint8Array);
  return performance.now() - began;
}

/** Of the engine's process, as Linux kept count. */
async function peakMemory({ engine }: PayloadArena): Promise<number> {
  const status = await readFile(`/proc/${engine.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

async function hasRoom(bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(tmpdir());
  return bavail * bsize > bytes;
}
