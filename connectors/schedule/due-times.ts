// Decides which scheduled times are due: each once, whatever the clock did in between.
import type { NextTime } from './timetable.ts';

/** Times made up for at most, after a long absence with `missed: all`. */
const maxCatchUp = 10_000;

/**
 * The times after `lastMs` up to `nowMs`, oldest first, as `missed` wants them. A clock that was set back yields none until it passes
 * `lastMs` again; one that was set forward makes the times in between missed.
 */
export function dueTimes(
  next: NextTime,
  lastMs: number,
  nowMs: number,
  missed: 'skip' | 'once' | 'all',
  graceMs: number,
): readonly number[] {
  const due: number[] = [];
  for (
    let time = next(lastMs);
    time !== undefined && time <= nowMs && due.length < maxCatchUp;
    time = next(time)
  )
    due.push(time);
  const latest = due.at(-1);
  if (latest === undefined) return [];
  switch (missed) {
    case 'all':
      return due;
    case 'once':
      return [latest];
    case 'skip':
      return due.filter((time) => nowMs - time <= graceMs);
  }
}
