// Cases that hurt the server or the way to it: killed, frozen, cut off, a leader lost.
import { hurting, sleep, type TortureCase } from './case.ts';

/** Dies by SIGKILL under full load and comes back on the same store. */
export const serverKilled: TortureCase = hurting({}, (arena) => arena.restartServer(200));

/** Frozen for longer than a message may be held. */
export const serverFrozen: TortureCase = hurting({}, async (arena) => {
  arena.signalServer('SIGSTOP');
  await sleep(12_000);
  arena.signalServer('SIGCONT');
});

/** Nothing gets through between engine and server for a while, and nobody is told. */
export const networkCut: TortureCase = hurting({ proxied: true }, async ({ proxy }) => {
  proxy?.cut();
  await sleep(8_000);
  proxy?.heal();
});

/** One of three servers dies by SIGKILL, each in its turn: whatever it led goes on elsewhere. */
export const leaderKilled: TortureCase = hurting(
  { cluster: true, spec: '  durability: durable' },
  async ({ cluster }, time) => {
    await cluster?.restart(['a', 'b', 'c'][time % 3] as string, 1_000);
    await sleep(2_000);
  },
);
