// A nats-server of its own for each integration test, in a temporary folder, ended with the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type DevServer, type StartOptions, startServer } from './start-server.ts';
import { testPort } from './test-port.ts';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly storeDir: string;
  /** SIGKILL, then start again on the same port and store. */
  killAndRestart(): Promise<void>;
  kill(): Promise<void>;
  /** On the same port and store, with other options where given. */
  restart(changes?: Pick<StartOptions, 'binary' | 'config'>): Promise<void>;
}

export async function withServer(t: TestContext, options: Partial<StartOptions> = {}): Promise<TestServer> {
  const storeDir = await mkdtemp(path.join(tmpdir(), 'vrsky-test-'));
  let server: DevServer | undefined = await startServer({
    storeDir,
    port: await testPort(),
    ...options,
  });
  const { url, port } = server;
  const kill = async () => {
    await server?.kill();
    server = undefined;
  };
  const restart: TestServer['restart'] = async (changes = {}) => {
    server = await startServer({ storeDir, ...options, ...changes, port });
  };
  t.after(async () => {
    // In good order takes the better part of a second; nothing in a temporary folder is worth that.
    await server?.kill();
    await rm(storeDir, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    url,
    port,
    storeDir,
    kill,
    restart,
    killAndRestart: async () => {
      await kill();
      await restart();
    },
  };
}
