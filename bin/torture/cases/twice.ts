// Cases about doing things once: the same ids sent again, dead letters tried again, groups formed under fire.
import { report } from '../accounts.ts';
import { keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import { feedAndHurt, harmless, hurtingCase, type TortureCase, withArena } from './case.ts';

export const sentAgain: TortureCase = {
  about:
    'everything is sent a second time after server and engine were killed, within `idempotency: { window: 1h }`',
  run: (options) =>
    withArena({ spec: '  idempotency: { key: id, window: 1h }' }, async (arena) => {
      const { extent } = options;
      await arena.engine.start();
      const half = { ...options, extent: 'ms' in extent ? { ms: extent.ms / 2 } : extent };
      const first = await feedAndHurt(arena, half, harmless);
      await arena.drained();
      await arena.engine.kill();
      await arena.restartServer(200);
      await arena.engine.start();
      await feed({ urls: arena.hooks, ids: [...first.accepted], concurrency: keys });
      await arena.drained();
      const accounts = await arena.accounts(first, first.perSecond);
      return report(accounts, [`${first.accepted.size} sent again`]);
    }),
};

const chosenCount = 5;

export const deadRetried: TortureCase = {
  about:
    'the sink refuses everything for good; mended, of the dead letters five are tried again, then the rest',
  run: ({ extent }) =>
    withArena({}, async (arena) => {
      const count = 'ms' in extent ? 2_000 : extent.messages;
      const broken: string[] = [];
      await arena.engine.start();
      arena.sink.mood = 'rejecting';
      const fed = await feed({ urls: arena.hooks, count, concurrency: keys });
      await arena.drained();
      arena.sink.mood = 'ok';
      const refused = [...(await arena.deadLetters())].filter(([, { id }]) => id % 10 !== 1);
      const chosen = refused.slice(0, chosenCount);
      await arena.verb('dlq', 'retry', ...chosen.map(([number]) => String(number)));
      await arena.drained();
      const wanted = chosen.map(([, { id }]) => id).toSorted((a, b) => a - b);
      const ran = [...arena.sink.received.keys()].toSorted((a, b) => a - b);
      if (wanted.join() !== ran.join()) broken.push(`${wanted.join()} were chosen, ${ran.join()} ran`);
      await arena.verb('dlq', 'retry', '--flow', 'torture', '--code', 'VRS8302');
      await arena.drained();
      const accounts = await arena.accounts(fed);
      if (accounts.delivered !== refused.length)
        broken.push(`${refused.length} were to be delivered in the end, ${accounts.delivered} were`);
      return report(
        accounts,
        [`of ${refused.length} dead letters ${wanted.join()} were chosen and ran`],
        broken,
      );
    }),
};

export const aggregateKilled = hurtingCase(
  'messages are gathered in tens by key; the engine dies by SIGKILL every 8–12 s, every third time the server too',
  {
    steps: `
    - { name: tens, type: aggregate, key: key, count: 10, timeout: 5s }`,
    isFiltered: () => false,
  },
  {
    everyMs: [8_000, 12_000],
    feed: { rate: 500 },
    hurt: async (arena, time) => {
      await arena.engine.kill();
      if (time % 3 === 2) await arena.restartServer(200);
      await arena.engine.start();
    },
  },
);
