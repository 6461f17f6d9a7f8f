// An engine in one process: embedded nats-server (or a given one), connection, worker. What dev and demo share.
import path from 'node:path';
import type { Connected } from '../../engine/nats/connect.ts';
import type { LinkServer } from '../../engine/payload/links/link-server.ts';
import type { Log } from '../../engine/runtime/flow-context.ts';
import { Worker } from '../../engine/runtime/worker.ts';
import { announceServer, withdrawServer } from './announced-server.ts';
import { type ConnectionOptions, isGiven, openConnection } from './connection.ts';
import { serveLinks } from './links.ts';
import { runtimeParts } from './runtime-parts.ts';

export interface SessionOptions extends ConnectionOptions {
  /** Holds the embedded server's data. */
  readonly dataDirectory: string;
  /** Holds large payloads while they are in transit. */
  readonly payloadsDirectory: string;
  /** Whether other commands in this folder shall find the server. */
  readonly announce: boolean;
  readonly workingDirectory: string;
  readonly graceMs: number;
  readonly log: Log;
}

export interface Session {
  readonly connected: Connected;
  readonly worker: Worker;
  /** Starts the worker; call it after the first deploy, so that nothing old runs for a moment. */
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const server = isGiven(options.server) ? undefined : await startEmbedded(options);
  const connected = await openConnection(
    server === undefined ? options : { server: server.url },
    'vrsky dev',
  );
  const parts = runtimeParts(connected, options);
  const worker = new Worker(parts, { name: `dev-${process.pid}`, graceMs: options.graceMs });
  let started = false;
  let links: LinkServer | undefined;
  return {
    connected,
    worker,
    startWorker: async () => {
      started = true;
      // Links to payloads work on this machine, on any free port.
      links = await serveLinks(connected, parts, { host: '127.0.0.1', port: 0 }, {});
      await worker.start();
    },
    stop: async () => {
      if (started) await worker.stop();
      await links?.close(0);
      await connected.broker.close();
      await server?.stop();
      if (options.announce) await withdrawServer();
    },
  };
}

async function startEmbedded({ dataDirectory, announce, log }: SessionOptions) {
  const { startServer } = await import('../../engine/devserver/start-server.ts');
  const server = await startServer({
    storeDir: path.resolve(dataDirectory),
    onProgress: (line) => log('info', line),
  });
  if (announce && !(await announceServer(server.url)))
    log(
      'warn',
      `another vrsky dev runs in this folder; name this one to other commands: --server ${server.url}`,
    );
  return server;
}
