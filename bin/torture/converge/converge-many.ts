// npm run torture -- --case converge: many seeds on one server, and the seeds that fail.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServer } from '../../../engine/devserver/start-server.ts';
import { connectBroker } from '../../../engine/nats/connect.ts';
import { openOutsider } from '../../../engine/nats/test-outsider.ts';
import { type ConvergeCounts, converge } from './converge.ts';

/** Answers the exit code. */
export async function convergeMany(first: number, seeds: number): Promise<number> {
  const storeDir = await mkdtemp(path.join(tmpdir(), 'vrsky-converge-'));
  const server = await startServer({ storeDir });
  const connected = await connectBroker({ servers: [server.url], name: 'converge' });
  const outsider = await openOutsider(server.url);
  const counts: ConvergeCounts = { rounds: 0, crashes: 0, meddled: 0, applies: 0 };
  const failed: number[] = [];
  const began = performance.now();
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      await converge(seed, { ...connected, outsider }, counts);
    } catch (error) {
      failed.push(seed);
      process.stderr.write(`${(error as Error).message}\n\n`);
    }
    await outsider.sweep();
    if ((seed - first + 1) % 50 === 0)
      process.stderr.write(`${seed - first + 1} seeds, ${failed.length} failed\n`);
  }
  await outsider.close();
  await connected.broker.close();
  await server.stop();
  await rm(storeDir, { recursive: true, force: true });
  const { rounds, crashes, meddled, applies } = counts;
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${seeds} seeds (${first} to ${first + seeds - 1}): ${rounds} states asked for, ${crashes} crashes, ${meddled} times meddled with, ${applies} applies; ${failed.length} seeds failed ${failed.join(' ')} (${seconds} s)\n`,
  );
  return failed.length === 0 ? 0 : 1;
}
