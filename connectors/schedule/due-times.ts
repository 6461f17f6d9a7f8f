// Decides which scheduled times are due: each once, whatever the clock did in between.
import type { NextTime } from './timetable.ts';

/** A time that passed this recently is late, not missed. */
const graceMs = 60_000;
/** Of many missed times so many are told at once; the others follow. */
const mostAtOnce = 1000;

export interface DueTimes {
  /** Oldest first. */
  readonly times: readonly number[];
  /** The time up to which everything is dealt with. */
  readonly lastMs: number;
}

/**
 * Times after `lastMs` up to `nowMs`, as `missed` wants them. A clock that was set back yields none until it passes `lastMs` again;
 * one that was set forward makes the times in between missed.
 */
export function dueTimes(
  next: NextTime,
  lastMs: number,
  nowMs: number,
  missed: 'skip' | 'once' | 'all',
): DueTimes {
  if (missed === 'all') {
    const times = allTimes(next, lastMs, nowMs);
    return { times, lastMs: times.at(-1) ?? lastMs };
  }
  const latest = latestTime(next, lastMs, nowMs);
  if (latest === undefined) return { times: [], lastMs };
  const isWanted = missed === 'once' || nowMs - latest <= graceMs;
  return { times: isWanted ? [latest] : [], lastMs: latest };
}

function allTimes(next: NextTime, lastMs: number, nowMs: number): readonly number[] {
  const due: number[] = [];
  let time = next(lastMs);
  while (time !== undefined && time <= nowMs && due.length < mostAtOnce) {
    due.push(time);
    time = next(time);
  }
  return due;
}

/** Looks further and further back from now, so that a long absence costs no more than a short one. */
function latestTime(next: NextTime, lastMs: number, nowMs: number): number | undefined {
  for (let windowMs = 1000; ; windowMs *= 4) {
    const fromMs = Math.max(lastMs, nowMs - windowMs);
    let latest: number | undefined;
    for (let time = next(fromMs); time !== undefined && time <= nowMs; time = next(time)) latest = time;
    if (latest !== undefined || fromMs === lastMs) return latest;
  }
}
