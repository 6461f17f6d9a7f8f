// From which size on payloads had better travel by reference: the same messages inside NATS and beside it, one after the other.
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { testPort } from '../../engine/devserver/test-port.ts';
import { formatSize, parseSize } from '../../engine/units/size.ts';
import { renderTable } from '../cli/table.ts';
import { openPayloadArena } from '../torture/payload-arena.ts';
import { readArguments } from './arguments.ts';
import { listening } from './payload/http-route.ts';

const usage = `npm run bench -- threshold [--sizes 16KiB,64KiB,256KiB,1MiB,4MiB,8MiB] [--total 64MiB]

Requests of each size through a flow into requests, their payloads inside the messages and beside them, from 16 senders at once.`;

interface Measured {
  readonly perSecond: number;
  /** Of the engine. */
  readonly cpuMs: number;
}

const senders = 16;

export async function run(argv: readonly string[]): Promise<void> {
  const defaults = { sizes: '16KiB,64KiB,256KiB,1MiB,4MiB,8MiB', total: '64MiB' };
  const values = readArguments(argv, defaults, usage);
  if (values === undefined) return;
  await promisify(execFile)(process.execPath, [path.resolve(import.meta.dirname, '../build.ts')]);
  const total = parseSize(values.total) ?? 0;
  const rows: string[][] = [];
  for (const size of values.sizes.split(',')) {
    const bytes = parseSize(size) ?? 0;
    const count = Math.max(senders, Math.min(1000, Math.round(total / bytes)));
    const inside = await measure(bytes, count, 'inside');
    const beside = await measure(bytes, count, 'beside');
    const row = [
      ...[formatSize(bytes), String(Math.round(inside.perSecond)), String(Math.round(beside.perSecond))],
      ...[inside.cpuMs.toFixed(1), beside.cpuMs.toFixed(1)],
      `${Math.round((100 * beside.perSecond) / inside.perSecond)} %`,
    ];
    process.stderr.write(`${row.join('  ')}\n`);
    rows.push(row);
  }
  const columns = [
    'size',
    'inside: msg/s',
    'reference: msg/s',
    'inside: CPU ms',
    'reference: CPU ms',
    'reference/inside',
  ];
  process.stdout.write(`${renderTable(columns, rows)}\n`);
}

/** HTTP → NATS, with or without the engine's own folder → HTTP. */
async function measure(bytes: number, count: number, where: 'inside' | 'beside'): Promise<Measured> {
  const sink = await startSink(count);
  const port = await testPort();
  const arena = await openPayloadArena({
    built: true,
    maxPayload: '16MB',
    consumer: `{ name: inbox, type: http, path: /in, port: ${port}, maxSize: 16MiB }`,
    producer: `{ name: out, type: http, url: "${sink.url}" }`,
    payload: `{ inline: ${where === 'inside' ? bytes * 2 : Math.floor(bytes / 2)}B }`,
  });
  try {
    await arena.engine.start();
    await listening(port);
    const body = Buffer.alloc(bytes, 'payload ');
    const cpuBefore = arena.engine.cpuSeconds();
    const began = performance.now();
    let left = count;
    const sending = async () => {
      while (left-- > 0) await post(`http://127.0.0.1:${port}/in`, body);
    };
    await Promise.all(Array.from({ length: senders }, sending));
    await sink.full;
    const seconds = (performance.now() - began) / 1000;
    const cpuMs = ((arena.engine.cpuSeconds() - cpuBefore) * 1000) / count;
    return { perSecond: count / seconds, cpuMs };
  } finally {
    await arena.close();
    sink.close();
  }
}

/** Again as long as the engine asks for it. */
async function post(url: string, body: Uint8Array): Promise<void> {
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/octet-stream' },
    });
    await answer.arrayBuffer();
    if (answer.status === 202) return;
    if (answer.status !== 429) throw new Error(`POST answered ${answer.status}`);
  }
}

async function startSink(count: number) {
  const full = Promise.withResolvers<void>();
  let left = count;
  const server: Server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.end();
      if (--left === 0) full.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    full: full.promise,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
