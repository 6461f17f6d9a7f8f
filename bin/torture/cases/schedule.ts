// Cases about schedules: each time once, although engines die and clocks jump.
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Report, report } from '../accounts.ts';
import type { Arena, ArenaOptions } from '../arena.ts';
import { Skipped, type TortureCase, withArena } from './case.ts';

const everyMs = 500;

/** A message for each half second, numbered since 1970. */
const ticks: ArenaOptions = {
  consumer: `{ name: tick, type: schedule, every: ${everyMs}ms, missed: all }`,
  steps: `
    - name: number
      type: map
      expression: |
        { "id": $toMillis(scheduledAt) / ${everyMs} }`,
  isFiltered: () => false,
};

export const scheduleKilled: TortureCase = {
  about: 'two engines, one schedule (every 500 ms, `missed: all`); the one that runs it dies by SIGKILL',
  run: ({ extent, random }) =>
    withArena({ ...ticks, engines: 2 }, async (arena) => {
      await Promise.all(arena.engines.map((engine) => engine.start()));
      const endAt = performance.now() + ('ms' in extent ? extent.ms : 15_000);
      await pause(3_000);
      let kills = 0;
      while (performance.now() < endAt) {
        // Whichever of them it is: one dies, the other runs the schedule or takes it over.
        const engine = arena.engines[kills++ % 2] as (typeof arena.engines)[number];
        await engine.kill();
        await pause(1_000 + random() * 2_000);
        await engine.start();
        await pause(12_000 + random() * 3_000);
      }
      return settled(arena, [`killed ${kills} times`]);
    }),
};

const hour = 3_600_000;
/** Behind and right again, ahead and right again: then the times to come have all been. */
const jumpsMs = [-hour, hour, hour, -hour];

export const clockJumps: TortureCase = {
  about:
    "the engine's clock jumps an hour behind, back, ahead and back under a schedule (every 500 ms, `missed: all`)",
  run: async ({ extent }) => {
    const library = libfaketime();
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-clock-'));
    const offset = path.join(directory, 'offset');
    const set = (ms: number) => writeFile(offset, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}\n`);
    await set(0);
    const env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    try {
      return await withArena({ ...ticks, engine: { env } }, async (arena) => {
        await arena.engine.start();
        const phaseMs = 'ms' in extent ? extent.ms / (jumpsMs.length + 1) : 3_000;
        await pause(phaseMs);
        let at = 0;
        for (const jump of jumpsMs) {
          at += jump;
          await set(at);
          await pause(phaseMs);
        }
        return settled(arena, [`jumped by ${jumpsMs.map((ms) => `${ms / hour} h`).join(', ')}`]);
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** Every number from the first to the last must have come, and none twice. */
async function settled(arena: Arena, notes: readonly string[]): Promise<Report> {
  await Promise.all(arena.engines.map((engine) => engine.stop()));
  await arena.engine.start();
  await arena.drained();
  await arena.engine.stop();
  const numbers = [...arena.sink.received.keys()];
  if (numbers.length === 0) throw new Error(`the schedule never fired:\n${arena.engine.log}`);
  const first = numbers.reduce((least, id) => Math.min(least, id));
  const last = numbers.reduce((most, id) => Math.max(most, id));
  const accepted = new Set(Array.from({ length: last - first + 1 }, (_, n) => first + n));
  return report(await arena.accounts({ accepted }), [
    ...notes,
    `${accepted.size} times from first to last: ${accepted.size - numbers.length} missed`,
  ]);
}

function libfaketime(): string {
  const named = process.env.VRSKY_FAKETIME;
  const found = named === undefined ? globSync('/usr/lib/*/faketime/libfaketime.so.1')[0] : named;
  if (found !== undefined && existsSync(found)) return found;
  throw new Skipped(
    'libfaketime is not here: install the Debian package faketime, or set VRSKY_FAKETIME to its libfaketime.so.1',
  );
}
