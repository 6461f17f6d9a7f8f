// Waiting for what must happen: until it does, or until a test has waited long enough.
import { setTimeout as delay } from 'node:timers/promises';

/** How long a test waits for what must happen. Long, because only failing tests ever wait it out. */
export const patienceMs = Number(process.env.VRSKY_TEST_PATIENCE_MS ?? 60_000);

/** The promise's value, or an error naming what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string, ms = patienceMs): Promise<T> {
  const stop = new AbortController();
  const late = delay(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what}: not within ${ms} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

/** Asks again and again until the answer is yes. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = patienceMs,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await delay(5);
  }
}

/** Lets everything that is ready to happen happen, several times over: for showing that something does not. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await delay(2);
}
