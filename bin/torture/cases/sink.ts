// Cases that hurt the receiving side: failing, cutting, half answers, silence, slowness, absence; and a stream that is full.
import { setTimeout as pause } from 'node:timers/promises';
import { report } from '../accounts.ts';
import { keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import type { SinkMood } from '../sink.ts';
import { feedAndHurt, harmless, hurtingCase, type TortureCase, withArena } from './case.ts';

const moods: readonly SinkMood[] = ['failing', 'resetting', 'half', 'silent'];

export const sinkFailing = hurtingCase(
  'the sink answers 500, cuts connections, answers by half or not at all for 1.5 s, in turns',
  { timeout: '2s' },
  {
    everyMs: [2_000, 4_000],
    hurt: async ({ sink }, time) => {
      sink.mood = moods[time % moods.length] ?? 'ok';
      await pause(1_500);
      sink.mood = 'ok';
    },
  },
);

/** How long it is away, of the time that there is. */
const awayShare = 5 / 6;

export const sinkDown: TortureCase = {
  about:
    'nobody listens at the sink for five sixths of the time; a message has 4 tries of 100 ms, and none is spent',
  run: (options) =>
    withArena(
      { delivery: '{ attempts: 4, backoff: { initial: 100ms, factor: 1, max: 100ms }, deadline: 1h }' },
      async (arena) => {
        const { extent } = options;
        await arena.engine.start();
        const awayMs = 'ms' in extent ? extent.ms * awayShare : 5_000;
        const everyMs = [awayMs * 0.1, awayMs * 0.1] as const;
        const hurt = async () => {
          await arena.sink.goAway();
          await pause(awayMs);
          await arena.sink.comeBack();
        };
        // What gathers in the meantime has to be delivered afterwards.
        const gentle = 'ms' in extent ? { rate: 200 } : {};
        const fed = await feedAndHurt(arena, options, { everyMs, hurt, feed: gentle });
        await arena.drained();
        const accounts = await arena.accounts(fed, fed.perSecond);
        const spent = [...(await arena.deadLetters()).values()].filter(({ id }) => id % 10 !== 1);
        return report(
          accounts,
          [`away for ${Math.round(awayMs / 1000)} s, ${fed.hurts} times`],
          spent.length > 0 ? [`${spent.length} messages were given up although the sink came back`] : [],
        );
      },
    ),
};

const smallStream = '  stream: dedicated\n  limits: { maxMessages: 500, maxBytes: 64MiB }';

export const streamFull: TortureCase = {
  about: 'the stream takes 500 messages before a sink that needs 20 ms for each: the webhook has to refuse',
  run: (options) =>
    withArena({ spec: smallStream }, async (arena) => {
      arena.sink.mood = { delayMs: 20 };
      await arena.engine.start();
      const fed = await feedAndHurt(arena, options, harmless);
      await arena.drained();
      const broken = fed.refused === 0 ? ['the stream was never full: the case shows nothing'] : [];
      return report(await arena.accounts(fed, fed.perSecond), [`refused ${fed.refused} times`], broken);
    }),
};

/** Deliveries that the engine has under way to an HTTP sink. */
const concurrency = 16;
const longestMs = 60_000;

/** So that about a hundredth of the messages a second gets through. */
const slowedDown = (perSecond: number): SinkMood => ({
  delayMs: Math.min(longestMs, (concurrency * 100_000) / Math.max(1, perSecond)),
});

export const sinkSlow: TortureCase = {
  about:
    'the sink slows down to about 1 % for most of the time, before a stream of 500 messages, then recovers',
  run: ({ extent }) =>
    withArena({ spec: smallStream, timeout: '5m' }, async (arena) => {
      await arena.engine.start();
      const ms = 'ms' in extent ? extent.ms : 4_000;
      const stop = new AbortController();
      const feeding = feed({ urls: arena.hooks, concurrency: keys, stop: stop.signal });
      await pause(ms * 0.2);
      const before = arena.sink.received.size;
      arena.sink.mood = slowedDown(before / ((ms * 0.2) / 1000));
      await pause(ms * 0.6);
      const slowly = arena.sink.received.size - before;
      const memory = arena.engine.memoryBytes();
      arena.sink.mood = 'ok';
      await pause(ms * 0.2);
      stop.abort();
      const fed = await feeding;
      await arena.drained();
      const percent = ((slowly / 3 / before) * 100).toFixed(1);
      return report(await arena.accounts(fed), [
        `slowed down to ${percent} % for ${Math.round((ms * 0.6) / 1000)} s, refused ${fed.refused} times, engine at ${Math.round(memory / 1e6)} MB`,
      ]);
    }),
};
