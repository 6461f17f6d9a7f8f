// Cases that hurt the receiving side: failing, cutting, half answers, silence, slowness.
import { keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import type { SinkMood } from '../sink.ts';
import { feedAndHurt, patienceMs, sleep, type TortureCase, withArena } from './case.ts';

const moods: readonly SinkMood[] = ['failing', 'resetting', 'half', 'silent'];

/** Answers 500, cuts connections, answers by half, or not at all, for a while each. */
export const sinkFailing: TortureCase = (options) =>
  withArena({}, async (arena) => {
    await arena.engine.start();
    const fed = await feedAndHurt(arena, { ...options, kills: moods.length }, async (time) => {
      arena.sink.mood = moods[time] ?? 'ok';
      await sleep(1_500);
      arena.sink.mood = 'ok';
    });
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });

/** Away for longer than the tries of a message would last without a breaker. */
export const sinkDown: TortureCase = (options) =>
  withArena(
    { delivery: '{ attempts: 4, backoff: { initial: 100ms, factor: 1, max: 100ms }, deadline: 1h }' },
    async (arena) => {
      await arena.engine.start();
      const fed = await feedAndHurt(arena, { ...options, kills: 1 }, async () => {
        arena.sink.mood = 'failing';
        await sleep(5_000);
        arena.sink.mood = 'ok';
      });
      await arena.drained(patienceMs);
      return arena.accounts(fed);
    },
  );

/** The stream takes few messages and the sink is slow: the webhook has to refuse, and nothing may be dropped. */
export const streamFull: TortureCase = async ({ messages }) => {
  const spec = '  stream: dedicated\n  limits: { maxMessages: 500, maxBytes: 64MiB }';
  return withArena({ spec }, async (arena) => {
    arena.sink.mood = { delayMs: 2 };
    await arena.engine.start();
    const fed = await feed({ url: arena.hook, count: messages, concurrency: keys });
    if (fed.refused === 0) throw new Error('the stream was never full: the case shows nothing');
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });
};
