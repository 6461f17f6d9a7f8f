// A time that a step took, in three digits.

/** `0.03 ms`, `1.20 ms`, `34.5 ms`, `2.05 s`. */
export function formatDuration(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, 'ms'] : [ms / 1000, 's'];
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
