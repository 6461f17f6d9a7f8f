// Poison among good messages: it goes to the dead letters with its cause, and the others do not wait for it.
import { report } from '../accounts.ts';
import { keys } from '../arena.ts';
import { feed } from '../feeder.ts';
import { filterAndPoison } from '../tortured-flow.ts';
import { type TortureCase, withArena } from './case.ts';

/** Ids of each phase begin at a multiple of this; in every second phase one of a hundred is poison. */
const phaseIds = 100_000;
const isPoison = (id: number) => id % 100 === 1 && Math.floor(id / phaseIds) % 2 === 1;
const poison = `id % 100 = 1 and $floor(id / ${phaseIds}) % 2 = 1`;
const rate = 300;
const phaseMs = 3_000;
const worstRatio = 1.5;

export const poisoned: TortureCase = {
  about: 'phases with 1 % poison and without in turns, 300 msg/s: the p99 of the good ones must not care',
  run: ({ extent }) =>
    withArena({ steps: filterAndPoison(poison) }, async (arena) => {
      const phases = 'ms' in extent ? Math.max(2, 2 * Math.round(extent.ms / phaseMs / 2)) : 2;
      const count = 'ms' in extent ? (rate * phaseMs) / 1000 : extent.messages / 2;
      const offeredAt = new Map<number, number>();
      const times: [number[], number[]] = [[], []];
      arena.sink.onFirst((id) => {
        times[Math.floor(id / phaseIds) % 2]?.push(performance.now() - (offeredAt.get(id) ?? 0));
      });
      await arena.engine.start();
      const onOffered = (id: number) => void offeredAt.set(id, performance.now());
      const accepted = new Set<number>();
      // A warm-up of its own ids, not measured.
      for (let phase = -2; phase < phases; phase++) {
        const firstId = (phase + 2) * phaseIds;
        const fed = await feed({ urls: arena.hooks, count, concurrency: keys, rate, firstId, onOffered });
        await arena.drained();
        for (const id of fed.accepted) accepted.add(id);
        if (phase < 0) for (const list of times) list.length = 0;
      }
      const letters = [...(await arena.deadLetters()).values()];
      const expected = [...accepted].filter(isPoison).length;
      const causeless = letters.filter(({ causes }) => !causes.some((cause) => cause.includes('poison')));
      const [clean, mixed] = times.map(p99) as [number, number];
      const ratio = `p99 of good messages ${mixed.toFixed(0)} ms beside poison, ${clean.toFixed(0)} ms without: ${(mixed / clean).toFixed(2)} ×`;
      return report(
        await arena.accounts({ accepted }),
        [ratio, `${letters.length} dead letters, all with their cause`],
        [
          ...(mixed > worstRatio * clean ? [`${ratio}, more than ${worstRatio} ×`] : []),
          ...(letters.length !== expected ? [`${expected} were poison, ${letters.length} died`] : []),
          ...(causeless.length > 0 ? [`${causeless.length} dead letters do not say why`] : []),
        ],
      );
    }),
};

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}
