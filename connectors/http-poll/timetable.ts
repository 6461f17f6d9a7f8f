// When to poll: an interval or cron times, and how long to hold back after failures.
import { Cron } from 'croner';
import { durationSetting, PermanentError } from '../../engine/connector/index.ts';
import type { HttpPollConfig } from './config.ts';

export interface Timetable {
  /** The first poll; times are milliseconds since the epoch. Infinity: never. */
  first(nowMs: number): number;
  /** The poll after one that began at `lastMs`; never before now. */
  next(lastMs: number, nowMs: number): number;
}

/** Throws PermanentError for a cron expression, time zone or duration that is none. */
export function compileTimetable(
  config: Pick<HttpPollConfig, 'every' | 'cron' | 'timezone' | 'runAtStart'>,
): Timetable {
  const next =
    config.cron === undefined ? interval(config.every) : cronTimes(config.cron, config.timezone ?? 'UTC');
  return { first: (nowMs) => (config.runAtStart === false ? next(nowMs, nowMs) : nowMs), next };
}

/** A poll that takes longer than the interval is followed by the next at once; what it missed is not made up for. */
function interval(every: string | undefined): Timetable['next'] {
  if (every === undefined) throw new PermanentError('write `every: 5m` or `cron: "*/5 * * * *"`');
  const periodMs = durationSetting('every', every);
  if (periodMs === 0) throw new PermanentError('every: the time between two polls cannot be 0');
  return (lastMs, nowMs) => Math.max(lastMs + periodMs, nowMs);
}

function cronTimes(pattern: string, timezone: string): Timetable['next'] {
  const cron = compileCron(pattern, timezone);
  return (_lastMs, nowMs) => cron.nextRun(new Date(nowMs))?.getTime() ?? Number.POSITIVE_INFINITY;
}

function compileCron(pattern: string, timezone: string): Cron {
  try {
    const cron = new Cron(pattern, { timezone, mode: '5-or-6-parts', paused: true });
    // A wrong time zone shows only now.
    cron.nextRun();
    return cron;
  } catch (error) {
    throw new PermanentError(`cron: "${pattern}" in ${timezone}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const backoff = { initialMs: 1000, maxMs: 300_000 };

/** How long to wait after so many failures in a row, at least as long as the server asked for. */
export function holdBackMs(failures: number, afterMs: number | undefined): number {
  const own = Math.min(backoff.initialMs * 2 ** (failures - 1), backoff.maxMs);
  return Math.max(own, afterMs ?? 0);
}
