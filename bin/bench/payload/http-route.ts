// Requests in, requests out.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { testPort } from '../../../engine/devserver/test-port.ts';
import { type ArenaOptions, openPayloadArena } from '../../torture/payload-arena.ts';
import type { BenchStore } from './bench-store.ts';
import { hashed } from './hashed.ts';
import { type Route, someAtOnce } from './route.ts';
import { send } from './send.ts';

/** Longer than a round: a sender that takes up a connection just when it is closed would fail. */
const idleMs = 600_000;

export async function httpRoute(
  store: BenchStore,
  options: Pick<ArenaOptions, 'payload'> = {},
): Promise<Route> {
  const sink = await startSink();
  const port = await testPort();
  const arena = await openPayloadArena({
    ...options,
    built: true,
    store: store.spec,
    consumer: `{ name: inbox, type: http, path: /in, port: ${port}, maxSize: 8GiB, requestTimeout: 10m }`,
    producer: `{ name: out, type: http, url: "${sink.url}", timeout: 2m }`,
  });
  const { directory, engine } = arena;
  const source = path.join(directory, 'prepared', 'payload.bin');
  return {
    directory,
    engine,
    prepare: (bytes) => arena.prepare('payload.bin', bytes),
    load: () => Promise.resolve(),
    async bare(bare, names) {
      const { size } = await stat(source);
      const server = await startServer(async (incoming) => {
        await bare.put((incoming.url ?? '').slice(1), incoming, size);
      });
      const arrived = sink.next(names.length);
      await someAtOnce(names, async (name) => {
        await post(`http://127.0.0.1:${portOf(server)}/${name}`, source);
        await send('POST', sink.url, await bare.get(name), size);
      });
      await arrived;
      server.closeAllConnections();
      server.close();
    },
    async carry(names) {
      await listening(port);
      const arrived = sink.next(names.length);
      await someAtOnce(names, () => post(`http://127.0.0.1:${port}/in`, source));
      const digests = await arrived;
      return () => Promise.resolve(digests);
    },
    unload: () => Promise.resolve(),
    async close() {
      await arena.close();
      sink.close();
    },
  };
}

/** The consumer opens its port a moment after the engine says that it runs. */
export async function listening(port: number): Promise<void> {
  const opens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  while (!(await opens())) await pause(20);
}

async function post(url: string, file: string): Promise<void> {
  const { size } = await stat(file);
  await send('POST', url, createReadStream(file, { highWaterMark: 256 * 1024 }), size);
}

/** Receives bodies and tells their hashes. */
async function startSink() {
  let left = 0;
  let digests: string[] = [];
  let tell: (digests: readonly string[]) => void = () => undefined;
  const server = await startServer(async (incoming) => {
    const drain = hashed(incoming, (digest) => {
      digests.push(digest);
      if (--left === 0) tell(digests);
    });
    for await (const _chunk of drain);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    /** Those of the next so many. */
    next: (count: number) =>
      new Promise<readonly string[]>((resolve) => {
        left = count;
        digests = [];
        tell = resolve;
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startServer(receive: (incoming: IncomingMessage) => Promise<void>): Promise<Server> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: idleMs }, (incoming, response) => {
    receive(incoming).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
