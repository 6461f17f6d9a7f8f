// Measures how long one call takes.

/** Shortest time over which calls are counted, in milliseconds. */
const ROUND_MS = 60;
const ROUNDS = 5;

/** Nanoseconds per call, the median of several rounds. */
export function measure(call: () => unknown): number {
  const count = calibrate(call);
  const rounds = Array.from({ length: ROUNDS }, () => time(call, count));
  return median(rounds);
}

/** The same for a call that answers later; one at a time. */
export async function measureAsync(call: () => Promise<unknown>): Promise<number> {
  for (let index = 0; index < 50; index += 1) await call();
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < ROUND_MS) {
      await call();
      count += 1;
    }
    rounds.push(((performance.now() - start) * 1e6) / count);
  }
  return median(rounds);
}

/** Keeps the answer alive, so that no call is left out as useless. */
let sink: unknown;

function time(call: () => unknown, count: number): number {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) sink = call();
  return ((performance.now() - start) * 1e6) / count;
}

function calibrate(call: () => unknown): number {
  let count = 64;
  while (time(call, count) * count < ROUND_MS * 1e6) count *= 2;
  return count;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** For callers that must show that the answers were used. */
export function lastAnswer(): unknown {
  return sink;
}
