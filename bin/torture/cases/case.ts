// What a case is, and what most of them share: feed, hurt at some moments, wait until all is settled, account.
import { type Accounts, Arena, type ArenaOptions, keys } from '../arena.ts';
import { type Fed, feed } from '../feeder.ts';

export interface TortureOptions {
  readonly messages: number;
  /** How often something is hurt. */
  readonly kills: number;
  /** Spreads the moments. */
  readonly random: () => number;
}

export type TortureCase = (options: TortureOptions) => Promise<Accounts>;

export const patienceMs = 180_000;

export async function withArena(
  options: ArenaOptions,
  run: (arena: Arena) => Promise<Accounts>,
): Promise<Accounts> {
  const arena = await Arena.open(options);
  try {
    return await run(arena);
  } finally {
    await arena.close();
  }
}

/** Feeds all messages and calls `hurt` at moments spread over the run, one after the other. */
export async function feedAndHurt(
  arena: Arena,
  { messages, kills, random }: TortureOptions,
  hurt: (time: number) => void | Promise<void>,
): Promise<Fed> {
  const moments = killMoments(messages, kills, random);
  let hurting: Promise<void> = Promise.resolve();
  let times = 0;
  const onAccepted = (_id: number, total: number) => {
    if (total !== moments[0]) return;
    moments.shift();
    const time = times++;
    hurting = hurting.then(() => hurt(time));
  };
  const fed = await feed({ url: arena.hook, count: messages, concurrency: keys, onAccepted });
  await hurting;
  return fed;
}

/** A case that feeds, hurts, and expects everything to be settled in the end. */
export function hurting(
  arenaOptions: ArenaOptions,
  hurt: (arena: Arena, time: number) => void | Promise<void>,
): TortureCase {
  return (options) =>
    withArena(arenaOptions, async (arena) => {
      await arena.engine.start();
      const fed = await feedAndHurt(arena, options, (time) => hurt(arena, time));
      await arena.drained(patienceMs);
      return arena.accounts(fed);
    });
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts of accepted messages at which to hurt: spread over the middle of the run. */
function killMoments(messages: number, kills: number, random: () => number): number[] {
  const span = (messages * 0.8) / kills;
  return Array.from(
    { length: kills },
    (_, index) => Math.floor(messages * 0.05 + span * (index + random() * 0.8)) + 1,
  );
}
