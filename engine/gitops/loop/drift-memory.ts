// Remembers which differences were put right, to notice when somebody keeps making the same one.

/** Times (ms) of corrections by what was corrected: `stream/NAME:field`. */
export type DriftMemory = Readonly<Record<string, readonly number[]>>;

const windowMs = 24 * 60 * 60_000;
const patience = 3;
const mostEntries = 200;

/** What was put right three times within a day: it is somebody's will. */
export function comesBack(memory: DriftMemory, key: string, nowMs: number): boolean {
  return recent(memory[key], nowMs).length >= patience;
}

/** The memory with these corrections; what is long ago is forgotten. */
export function remember(memory: DriftMemory, corrected: readonly string[], nowMs: number): DriftMemory {
  const keys = [...new Set([...Object.keys(memory), ...corrected])];
  const entries = keys.flatMap((key): readonly (readonly [string, readonly number[]])[] => {
    const times = [...recent(memory[key], nowMs), ...(corrected.includes(key) ? [nowMs] : [])];
    return times.length === 0 ? [] : [[key, times.slice(-patience)]];
  });
  return Object.fromEntries(entries.slice(-mostEntries));
}

function recent(times: readonly number[] = [], nowMs: number): readonly number[] {
  return times.filter((time) => nowMs - time < windowMs);
}
