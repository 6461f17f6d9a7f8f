// Rates as people write them: so many in a unit of time, in milliseconds between two for the machine.

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20/m` → 3000 ms between two. Expects what the schema takes: a whole number, then `/s`, `/m`, `/h` or `/d`. */
export function parseRate(text: string): number {
  const [count = '1', unit = 's'] = text.split('/');
  return (unitMs[unit] as number) / Number(count);
}

/** 3000 ms between two → `20/m`: in the smallest unit of which it is a whole number. Undefined when it is of none. */
export function formatRate(intervalMs: number): string | undefined {
  const rates = Object.entries(unitMs).map(([unit, ms]) => ({ unit, count: Math.round(ms / intervalMs) }));
  // Dividing twice need not give exactly what was written, but nothing else comes as near.
  const written = rates.find(
    ({ unit, count }) => count >= 1 && Math.abs((unitMs[unit] as number) / count / intervalMs - 1) < 1e-12,
  );
  return written === undefined ? undefined : `${written.count}/${written.unit}`;
}
