// Measures how long one call takes, in time of the processor: what else the machine does meanwhile is not counted.

/** Shortest time over which calls are counted, in milliseconds. */
const ROUND_MS = 25;
const ROUNDS = 7;

/** A call to measure; one that answers later is made again when it has answered. */
export type Call = () => unknown;

/** Nanoseconds per call of each, the median of several rounds in which they take turns. */
export async function measureInTurns(calls: readonly Call[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const call of calls) counts.push(await calibrate(call));
  const rounds: number[][] = calls.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < calls.length; index += 1)
      rounds[index]?.push(await time(calls[index] as Call, counts[index] as number));
  }
  return rounds.map(median);
}

export async function measure(call: Call): Promise<number> {
  return (await measureInTurns([call]))[0] as number;
}

/** Keeps the answer alive, so that no call is left out as useless. */
let sink: unknown;

async function time(call: Call, count: number): Promise<number> {
  const isLater = call() instanceof Promise;
  const start = process.threadCpuUsage();
  if (isLater) for (let index = 0; index < count; index += 1) sink = await call();
  else for (let index = 0; index < count; index += 1) sink = call();
  const { user, system } = process.threadCpuUsage(start);
  return ((user + system) * 1000) / count;
}

async function calibrate(call: Call): Promise<number> {
  let count = 64;
  while ((await time(call, count)) * count < ROUND_MS * 1e6) count *= 2;
  return count;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** For callers that must show that the answers were used. */
export function lastAnswer(): unknown {
  return sink;
}
