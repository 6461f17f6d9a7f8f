// Ports for servers of tests that go away and come back: nobody else gets one in between.
import { createServer } from 'node:net';

/** Below the range that systems hand out by themselves, to connections too. */
const first = 10_000;
const perProcess = 50;
const processes = 400;

/** Neighbouring processes, as a test run starts them, have ranges of their own. */
const base = first + (process.pid % processes) * perProcess;
let given = 0;

/** One that nobody listens on now. */
export async function testPort(): Promise<number> {
  for (let tries = 0; tries < perProcess; tries++) {
    const port = base + (given++ % perProcess);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${base} to ${base + perProcess - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
