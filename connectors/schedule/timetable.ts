// When a schedule fires: cron in a time zone, or a fixed interval since the epoch.
import { Cron } from 'croner';
import { durationSetting, PermanentError } from '../../engine/connector/index.ts';
import type { ScheduleConsumerConfig } from './config.gen.ts';

/** The first time after `afterMs` (milliseconds since the epoch); undefined when there is none any more. */
export type NextTime = (afterMs: number) => number | undefined;

/** Throws PermanentError for a cron expression, time zone or interval that is none. */
export function compileTimetable(
  config: Pick<ScheduleConsumerConfig, 'cron' | 'every' | 'timezone'>,
): NextTime {
  if (config.cron !== undefined) return cronTimes(config.cron, config.timezone ?? 'UTC');
  if (config.every === undefined) throw new PermanentError('write `every: 5m` or `cron: "*/5 * * * *"`');
  const periodMs = durationSetting('every', config.every);
  if (periodMs <= 0) throw new PermanentError('every: the time between two messages cannot be 0');
  // Counted from the epoch, so that every worker and every restart agrees on the times.
  return (afterMs) => (Math.floor(afterMs / periodMs) + 1) * periodMs;
}

function cronTimes(pattern: string, timezone: string): NextTime {
  try {
    const cron = new Cron(pattern, { timezone, mode: '5-or-6-parts', paused: true });
    // A wrong time zone shows only now.
    cron.nextRun();
    return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
  } catch (error) {
    throw new PermanentError(`cron: "${pattern}" in ${timezone}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
