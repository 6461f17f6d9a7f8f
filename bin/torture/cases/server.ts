// Cases that hurt the server or the way to it: killed, frozen, cut off, a leader lost.
import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts } from '../accounts.ts';
import { boundedDuplicates, type HurtFed, hurtingCase } from './case.ts';
import { frozenMs } from './engine.ts';

export const serverKilled = hurtingCase(
  'the server dies by SIGKILL every 3 s under full load and comes back on the same store',
  {},
  { everyMs: [3_000, 3_000], hurt: (arena) => arena.restartServer(200) },
  (fed, accounts) => both(boundedDuplicates(fed, accounts), resumesWithin(5_000)(fed, accounts)),
);

export const serverFrozen = hurtingCase(
  'the server is stopped (SIGSTOP) for 12 s, longer than a message may be held, and goes on',
  {},
  {
    everyMs: [4_000, 8_000],
    hurt: async (arena) => {
      arena.signalServer('SIGSTOP');
      await pause(frozenMs);
      arena.signalServer('SIGCONT');
    },
  },
);

export const networkCut = hurtingCase(
  'nothing gets through between engine and server for 8 s, and nobody is told; then the cable is whole again',
  { proxied: true },
  {
    everyMs: [4_000, 8_000],
    hurt: async ({ proxy }) => {
      proxy?.cut();
      await pause(8_000);
      proxy?.heal();
    },
  },
);

export const leaderKilled = hurtingCase(
  'of three servers the one that leads the stream of the flow dies by SIGKILL every 10 s (durability: durable)',
  { cluster: true, spec: '  durability: durable' },
  {
    everyMs: [10_000, 10_000],
    hurt: async (arena) => {
      const leader = await arena.leader();
      await arena.cluster?.restart(leader, 1_000);
    },
  },
  resumesWithin(10_000),
);

interface Judgement {
  readonly notes: readonly string[];
  readonly broken: readonly string[];
}

function both(one: Judgement, other: Judgement): Judgement {
  return { notes: [...one.notes, ...other.notes], broken: [...one.broken, ...other.broken] };
}

/** Between two deliveries, the time in which the server is down included. */
function resumesWithin(ms: number): (fed: HurtFed, accounts: Accounts) => Judgement {
  return (_fed, { longestStallMs }) => {
    const what = `work resumed within ${longestStallMs} ms`;
    return { notes: [what], broken: longestStallMs > ms ? [`${what}, not ${ms}`] : [] };
  };
}
