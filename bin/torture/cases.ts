// The cases: each hurts a running flow in one way and answers the accounts.
import { type Accounts, Arena, type ArenaOptions } from './arena.ts';
import { feed } from './feeder.ts';

export interface TortureOptions {
  readonly messages: number;
  /** How often something is killed. */
  readonly kills: number;
  /** Spreads the moments of killing. */
  readonly random: () => number;
}

export type TortureCase = (options: TortureOptions) => Promise<Accounts>;

const concurrency = 64;
const patienceMs = 120_000;

/** The engine dies by SIGKILL under full load, again and again. */
const engineKilled: TortureCase = async ({ messages, kills, random }) =>
  withArena({}, async (arena) => {
    await arena.engine.start();
    const moments = killMoments(messages, kills, random);
    let killing: Promise<void> = Promise.resolve();
    const onAccepted = (_id: number, total: number) => {
      if (total !== moments[0]) return;
      moments.shift();
      killing = killing.then(async () => {
        await arena.engine.kill();
        await arena.engine.start();
      });
    };
    const fed = await feed({ url: arena.hook, count: messages, concurrency, onAccepted });
    await killing;
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });

/** The server dies by SIGKILL under full load and comes back on the same store. */
const serverKilled: TortureCase = async ({ messages, kills, random }) =>
  withArena({}, async (arena) => {
    await arena.engine.start();
    const moments = killMoments(messages, kills, random);
    let killing: Promise<void> = Promise.resolve();
    const onAccepted = (_id: number, total: number) => {
      if (total !== moments[0]) return;
      moments.shift();
      killing = killing.then(() => arena.restartServer(200));
    };
    const fed = await feed({ url: arena.hook, count: messages, concurrency, onAccepted });
    await killing;
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });

/** Nothing runs but the webhook's answer: the engine dies right after a 202, before anything else can happen. */
const killedAfterAnswer: TortureCase = async ({ kills }) =>
  withArena({}, async (arena) => {
    const accepted = new Set<number>();
    let longestStallMs = 0;
    for (let id = 0; id < kills; id++) {
      await arena.engine.start();
      const began = Date.now();
      // Ids that are neither filtered nor poison.
      await feed({
        url: arena.hook,
        count: 1,
        concurrency: 1,
        firstId: id * 10 + 5,
        onAccepted: () => arena.engine.kill(),
      });
      accepted.add(id * 10 + 5);
      longestStallMs = Math.max(longestStallMs, Date.now() - began);
    }
    await arena.engine.start();
    await arena.drained(patienceMs);
    return arena.accounts({ accepted, refused: 0, longestStallMs });
  });

/** The sink answers 500, then cuts connections, for a while each. */
const sinkFailing: TortureCase = async ({ messages }) =>
  withArena({}, async (arena) => {
    await arena.engine.start();
    const turns = [Math.floor(messages * 0.2), Math.floor(messages * 0.5), Math.floor(messages * 0.8)];
    const onAccepted = (_id: number, total: number) => {
      if (total === turns[0]) arena.sink.mood = 'failing';
      if (total === turns[1]) arena.sink.mood = 'resetting';
      if (total === turns[2]) arena.sink.mood = 'ok';
    };
    const fed = await feed({ url: arena.hook, count: messages, concurrency, onAccepted });
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });

/** The stream takes few messages and the sink is slow: the webhook has to refuse, and nothing may be dropped. */
const streamFull: TortureCase = async ({ messages }) => {
  const spec = '  stream: dedicated\n  limits: { maxMessages: 500, maxBytes: 64MiB }';
  return withArena({ spec }, async (arena) => {
    arena.sink.mood = { delayMs: 2 };
    await arena.engine.start();
    const fed = await feed({ url: arena.hook, count: messages, concurrency });
    if (fed.refused === 0) throw new Error('the stream was never full: the case shows nothing');
    await arena.drained(patienceMs);
    return arena.accounts(fed);
  });
};

export const cases: Readonly<Record<string, TortureCase>> = {
  'engine-killed': engineKilled,
  'server-killed': serverKilled,
  'killed-after-answer': killedAfterAnswer,
  'sink-failing': sinkFailing,
  'stream-full': streamFull,
};

async function withArena(options: ArenaOptions, run: (arena: Arena) => Promise<Accounts>): Promise<Accounts> {
  const arena = await Arena.open(options);
  try {
    return await run(arena);
  } finally {
    await arena.close();
  }
}

/** Counts of accepted messages at which to kill: spread over the middle of the run. */
function killMoments(messages: number, kills: number, random: () => number): number[] {
  const span = (messages * 0.8) / kills;
  return Array.from(
    { length: kills },
    (_, index) => Math.floor(messages * 0.05 + span * (index + random() * 0.8)) + 1,
  );
}
