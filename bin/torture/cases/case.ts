// What a case is, and what most of them share: feed, hurt now and then, wait until all is settled, account.
import { setTimeout as pause } from 'node:timers/promises';
import { type Report, report } from '../accounts.ts';
import { Arena, type ArenaOptions, keys } from '../arena.ts';
import { type Fed, type FeedOptions, feed } from '../feeder.ts';

export interface TortureOptions {
  /** So many messages and hurts (short runs, in tests), or as much as goes into a time. */
  readonly extent: { readonly messages: number; readonly hurts: number } | { readonly ms: number };
  /** Spreads the moments. */
  readonly random: () => number;
}

export interface TortureCase {
  /** A line for people. */
  readonly about: string;
  readonly run: (options: TortureOptions) => Promise<Report>;
}

/** Thrown where a case cannot run on this machine; the message says why. */
export class Skipped extends Error {}

/** What an engine holds of a stage at most: so many may be delivered again after each kill. */
export const inFlight = 2048;

export async function withArena(
  options: ArenaOptions,
  run: (arena: Arena) => Promise<Report>,
): Promise<Report> {
  const arena = await Arena.open(options);
  try {
    return await run(arena);
  } finally {
    await arena.close();
  }
}

/** For cases that only feed. */
export const harmless: Hurting = { everyMs: [1e12, 1e12], hurt: () => undefined };

export interface Hurting {
  /** From … to: a random time between two hurts, when they go by the clock. */
  readonly everyMs: readonly [number, number];
  readonly hurt: (time: number) => void | Promise<void>;
  readonly feed?: Partial<FeedOptions>;
}

export interface HurtFed extends Fed {
  readonly hurts: number;
  readonly perSecond: number;
}

/** Feeds at full speed and hurts now and then, one hurt after the other. */
export async function feedAndHurt(arena: Arena, options: TortureOptions, hurting: Hurting): Promise<HurtFed> {
  const began = performance.now();
  const fed =
    'ms' in options.extent
      ? await byTheClock(arena, options.extent.ms, options.random, hurting)
      : await byMessages(arena, options.extent, options.random, hurting);
  return { ...fed, perSecond: Math.round((fed.accepted.size * 1000) / (performance.now() - began)) };
}

/** A case that feeds, hurts, and expects everything to be settled in the end. */
export function hurtingCase(
  about: string,
  arenaOptions: ArenaOptions,
  hurting: Omit<Hurting, 'hurt'> & { readonly hurt: (arena: Arena, time: number) => void | Promise<void> },
  judge: (
    fed: HurtFed,
    accounts: Awaited<ReturnType<Arena['accounts']>>,
  ) => { readonly notes?: readonly string[]; readonly broken?: readonly string[] } = () => ({}),
): TortureCase {
  return {
    about,
    run: (options) =>
      withArena(arenaOptions, async (arena) => {
        await Promise.all(arena.engines.map((engine) => engine.start()));
        const hurt = (time: number) => hurting.hurt(arena, time);
        const fed = await feedAndHurt(arena, options, { ...hurting, hurt });
        await arena.drained();
        const accounts = await arena.accounts(fed, fed.perSecond);
        const { notes = [], broken = [] } = judge(fed, accounts);
        return report(accounts, [`hurt ${fed.hurts} times`, ...notes], broken);
      }),
  };
}

/** Duplicates are bounded by what was in flight when something was killed. */
export function boundedDuplicates(
  fed: HurtFed,
  { duplicates }: { readonly duplicates: number },
): { readonly notes: readonly string[]; readonly broken: readonly string[] } {
  const bound = fed.hurts * inFlight;
  const what = `${duplicates} duplicates, at most ${fed.hurts} × ${inFlight}`;
  return { notes: [what], broken: duplicates > bound ? [what] : [] };
}

async function byTheClock(
  arena: Arena,
  ms: number,
  random: () => number,
  { everyMs: [from, to], hurt, feed: more }: Hurting,
): Promise<Fed & { readonly hurts: number }> {
  const stop = new AbortController();
  const feeding = feed({ urls: arena.hooks, concurrency: keys, stop: stop.signal, ...more });
  const endAt = performance.now() + ms;
  let hurts = 0;
  for (;;) {
    const waitMs = from + random() * (to - from);
    if (performance.now() + waitMs >= endAt) break;
    await pause(waitMs);
    await hurt(hurts++);
  }
  await pause(Math.max(0, endAt - performance.now()));
  stop.abort();
  return { ...(await feeding), hurts };
}

/** The moments are counts of accepted messages: spread over the middle of the run. */
async function byMessages(
  arena: Arena,
  { messages, hurts }: { readonly messages: number; readonly hurts: number },
  random: () => number,
  { hurt, feed: more }: Hurting,
): Promise<Fed & { readonly hurts: number }> {
  const span = (messages * 0.8) / hurts;
  const moments = Array.from(
    { length: hurts },
    (_, index) => Math.floor(messages * 0.05 + span * (index + random() * 0.8)) + 1,
  );
  let hurting: Promise<void> = Promise.resolve();
  let times = 0;
  const onAccepted = (_id: number, total: number) => {
    if (total !== moments[0]) return;
    moments.shift();
    const time = times++;
    hurting = hurting.then(() => hurt(time));
  };
  const fed = await feed({ urls: arena.hooks, count: messages, concurrency: keys, onAccepted, ...more });
  await hurting;
  return { ...fed, hurts };
}
