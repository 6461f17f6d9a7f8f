// Cases that hurt the engine: killed, frozen, replaced under load.
import { feed } from '../feeder.ts';
import { hurting, patienceMs, sleep, type TortureCase, withArena } from './case.ts';

/** Dies by SIGKILL under full load, again and again. */
export const engineKilled: TortureCase = hurting({}, async ({ engine }) => {
  await engine.kill();
  await engine.start();
});

/** The same in a flow that keeps the order per key: no message may arrive after a later one of its key. */
export const orderedKilled: TortureCase = hurting(
  { spec: '  ordering: { key: key, lanes: 4 }' },
  async ({ engine }) => {
    await engine.kill();
    await engine.start();
  },
);

/** Frozen for longer than a message may be held, then going on as if nothing had been. */
export const engineFrozen: TortureCase = hurting({}, async ({ engine }) => {
  engine.signal('SIGSTOP');
  await sleep(12_000);
  engine.signal('SIGCONT');
});

/** Two workers, replaced one after the other while messages come in. */
export const rollingRestart: TortureCase = hurting(
  { engine: { args: ['--workers', '2'], workers: 2 } },
  async ({ engine }) => {
    const replaced = engine.says(/every worker was replaced/);
    engine.signal('SIGHUP');
    await replaced;
  },
);

/** Nothing runs but the webhook's answer: the engine dies right after a 202, before anything else can happen. */
export const killedAfterAnswer: TortureCase = async ({ kills }) =>
  withArena({}, async (arena) => {
    const accepted = new Set<number>();
    for (let n = 0; n < kills; n++) {
      await arena.engine.start();
      // Ids that are neither filtered nor poison.
      const firstId = n * 10 + 5;
      const onAccepted = () => arena.engine.kill();
      await feed({ url: arena.hook, count: 1, concurrency: 1, firstId, onAccepted });
      accepted.add(firstId);
    }
    await arena.engine.start();
    await arena.drained(patienceMs);
    return arena.accounts({ accepted });
  });
