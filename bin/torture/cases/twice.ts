// Cases about doing things once: the same ids sent again, dead letters tried again.
import { keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import { patienceMs, type TortureCase, withArena } from './case.ts';

/** Everything is sent a second time after server and engine were killed, within the idempotency window. */
export const sentAgain: TortureCase = async ({ messages }) =>
  withArena({ spec: '  idempotency: { key: id, window: 1h }' }, async (arena) => {
    await arena.engine.start();
    const first = await feed({ url: arena.hook, count: messages, concurrency: keys });
    await arena.drained(patienceMs);
    await arena.engine.kill();
    await arena.restartServer(200);
    await arena.engine.start();
    await feed({ url: arena.hook, count: messages, concurrency: keys });
    await arena.drained(patienceMs);
    return arena.accounts(first);
  });

/** Of the dead letters a few are tried again: exactly those run again (and fail again, being poison). */
export const deadRetried: TortureCase = async ({ messages }) =>
  withArena({}, async (arena) => {
    await arena.engine.start();
    const fed = await feed({ url: arena.hook, count: messages, concurrency: keys });
    await arena.drained(patienceMs);
    const before = await arena.deadLetters();
    const chosen = [...before.keys()].slice(0, 5);
    const delivered = arena.sink.received.size;
    await arena.verb('dlq', 'retry', ...chosen.map(String));
    await arena.drained(patienceMs);
    const after = await arena.deadLetters();
    // Poison fails again: the chosen have new numbers, the others have kept theirs.
    const kept = [...before.keys()].filter((number) => after.has(number));
    if (kept.length !== before.size - chosen.length || after.size !== before.size)
      throw new Error(
        `of ${before.size} dead letters ${kept.length} were left alone, ${after.size} are there`,
      );
    if (arena.sink.received.size !== delivered) throw new Error('something was delivered again');
    return arena.accounts(fed);
  });
