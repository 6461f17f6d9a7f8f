// Waits until nothing waits in the flows of a server any more, and reads what was given up on.
import { setTimeout as pause } from 'node:timers/promises';
import type { Connected } from '../../engine/nats/connect.ts';
import { type DeadLetterView, listDeadLetters } from '../../engine/runtime/dead-letter-box.ts';

/** Throws with `words` (what the engine said) when nothing moves for so long. */
export async function untilDrained(
  { cluster }: Pick<Connected, 'cluster'>,
  words: () => string,
  patienceMs = 90_000,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  for (;;) {
    const waiting = (await cluster.listStreams())
      .filter(({ spec }) => spec.retention === 'workqueue')
      .reduce((sum, { messages }) => sum + messages, 0);
    if (waiting === 0) return;
    if (waiting < least) movedAtMs = performance.now();
    least = Math.min(least, waiting);
    if (performance.now() - movedAtMs > patienceMs)
      throw new Error(`${waiting} messages wait and do not move; the engine said:\n${words().slice(-3000)}`);
    await pause(50);
  }
}

export type NumberedLetter = DeadLetterView & { readonly id: number };

/** By number, with the ids of their messages. */
export async function readDeadLetters({
  cluster,
}: Pick<Connected, 'cluster'>): Promise<ReadonlyMap<number, NumberedLetter>> {
  const letters = new Map<number, NumberedLetter>();
  for await (const { view, stored } of listDeadLetters(cluster)) {
    const { id } = JSON.parse(Buffer.from(stored.data).toString()) as { readonly id: number };
    letters.set(stored.sequence, { ...view, id });
  }
  return letters;
}
