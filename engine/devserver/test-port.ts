// Ports for servers of tests that go away and come back: nobody else gets one in between.
import { createServer, type Server } from 'node:net';

/** Below the range that systems hand out by themselves, to connections too. */
const lowest = 10_000;
const perRange = 50;
const ranges = 400;

/** Taken before any test begins: some look at what is open before and after. */
const ownRange = await takeRange();
let given = 0;

/** One that nobody listens on now. */
export async function testPort(): Promise<number> {
  for (let tries = 1; tries < perRange; tries++) {
    const port = ownRange + 1 + (given++ % (perRange - 1));
    const server = await listenAt(port);
    if (server === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`no free port from ${ownRange} to ${ownRange + perRange - 1}`);
}

/** A range of this process alone; its first port is listened on for as long as the process lives. Answers that. */
async function takeRange(): Promise<number> {
  for (let tries = 0; tries < ranges; tries++) {
    const port = lowest + ((process.pid + tries) % ranges) * perRange;
    const server = await listenAt(port);
    if (server === undefined) continue;
    server.unref();
    return port;
  }
  throw new Error(`no free range of ports from ${lowest}`);
}

/** Undefined when somebody does already. */
function listenAt(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
