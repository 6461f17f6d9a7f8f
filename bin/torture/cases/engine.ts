// Cases that hurt the engine: killed, frozen, replaced under load, coming and going.
import { setTimeout as pause } from 'node:timers/promises';
import { report } from '../accounts.ts';
import type { Arena } from '../arena.ts';
import { feed } from '../feeder.ts';
import { boundedDuplicates, feedAndHurt, hurtingCase, type TortureCase, withArena } from './case.ts';

/** For longer than a message may be held without a sign of life (10 s). */
export const frozenMs = 12_000;

const killAndStart = async ({ engine }: Arena) => {
  await engine.kill();
  await engine.start();
};

export const engineKilled = hurtingCase(
  'the engine dies by SIGKILL every 2–5 s under full load and is started again',
  {},
  { everyMs: [2_000, 5_000], hurt: killAndStart },
  boundedDuplicates,
);

export const orderedKilled = hurtingCase(
  'the same every 8–12 s in a flow that keeps the order per key over 8 lanes: none may arrive after a later one of its key',
  { spec: '  ordering: { key: key, lanes: 8 }' },
  // Less often: the lanes of an engine that is dead are taken over after four seconds.
  { everyMs: [8_000, 12_000], hurt: killAndStart },
  (_fed, { outOfOrder, acceptedPerSecond }) => ({
    notes: [`${outOfOrder} out of order`, `${acceptedPerSecond} msg/s accepted, the kills included`],
    broken: outOfOrder > 0 ? [`${outOfOrder} messages out of order`] : [],
  }),
);

export const engineFrozen = hurtingCase(
  'the engine is stopped (SIGSTOP) for 12 s, longer than a message may be held, and goes on',
  {},
  {
    everyMs: [4_000, 8_000],
    hurt: async ({ engine }) => {
      engine.signal('SIGSTOP');
      await pause(frozenMs);
      engine.signal('SIGCONT');
    },
  },
);

export const rollingRestart = hurtingCase(
  'two workers of one engine are replaced one after the other (SIGHUP) under load',
  { engine: { args: ['--workers', '2'], workers: 2 } },
  {
    everyMs: [3_000, 6_000],
    hurt: async ({ engine }) => {
      const replaced = engine.says(/every worker was replaced/);
      engine.signal('SIGHUP');
      await replaced;
    },
  },
  noDuplicates,
);

/** Each has a webhook of its own, as on machines behind a load balancer. */
export const enginesComeAndGo = hurtingCase(
  'three engines share the work; one after the other leaves (SIGTERM) and joins again under load',
  { engines: 3 },
  {
    everyMs: [1_000, 3_000],
    hurt: async ({ engines }, time) => {
      const engine = engines[time % engines.length] as (typeof engines)[number];
      await engine.stop();
      await engine.start();
    },
  },
  noDuplicates,
);

export const killedAfterAnswer: TortureCase = {
  about: 'one message at a time; the engine dies in the moment the client has its 202',
  run: async ({ extent }) =>
    withArena({}, async (arena) => {
      const accepted = new Set<number>();
      const endAt = performance.now() + ('ms' in extent ? extent.ms : Number.POSITIVE_INFINITY);
      const most = 'ms' in extent ? Number.POSITIVE_INFINITY : extent.hurts;
      for (let n = 0; n < most && performance.now() < endAt; n++) {
        await arena.engine.start();
        // Ids that are neither filtered nor poison.
        const firstId = n * 10 + 5;
        const onAccepted = () => arena.engine.kill();
        await feed({ urls: arena.hooks, count: 1, concurrency: 1, firstId, onAccepted });
        accepted.add(firstId);
      }
      await arena.engine.start();
      await arena.drained();
      return report(await arena.accounts({ accepted }), [`killed ${arena.engine.kills} times`]);
    }),
};

/** Three waits of `--grace` at most and what a busy machine needs beside, but less than the producer waits for a silent sink. */
const stopMs = 20_000;

export const stuckStopped: TortureCase = {
  about:
    'the sink is silent and the engine is told to stop (SIGTERM, `--grace 2s`): it ends, and nothing is lost',
  run: (options) =>
    withArena({ engine: { args: ['--grace', '2s'] } }, async (arena) => {
      let slowest = 0;
      const hurt = async () => {
        arena.sink.mood = 'silent';
        await pause(500);
        const began = performance.now();
        await Promise.race([arena.engine.stop(), tooLate('the engine did not end')]);
        slowest = Math.max(slowest, performance.now() - began);
        arena.sink.mood = 'ok';
        await arena.engine.start();
      };
      await arena.engine.start();
      const fed = await feedAndHurt(arena, options, { everyMs: [3_000, 5_000], hurt });
      await arena.drained();
      const notes = [`stopped ${fed.hurts} times, within ${Math.round(slowest)} ms`];
      return report(await arena.accounts(fed, fed.perSecond), notes);
    }),
};

async function tooLate(what: string): Promise<never> {
  await pause(stopMs, undefined, { ref: false });
  throw new Error(`${what} within ${stopMs / 1000} s`);
}

/** Nobody was killed: whoever leaves finishes what it holds. */
function noDuplicates(_fed: unknown, { duplicates }: { readonly duplicates: number }) {
  return { broken: duplicates > 0 ? [`${duplicates} duplicates although nobody was killed`] : [] };
}
