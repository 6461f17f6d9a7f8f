// Durations as people write them: a number and a unit, in milliseconds for the machine.

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const ALIASES: Readonly<Record<string, string>> = {
  msec: 'ms',
  millis: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
};

const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `30s` → 30000, `1.5m` → 90000 (milliseconds, rounded). Undefined when the text is not a number with a unit ms, s, m, h, d. */
export function parseDuration(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const milliseconds = Math.round(Number(match[1]) * (MILLISECONDS[match[2] as string] as number));
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}

/** What was probably meant by a text that is not a duration: `30 sec` → `30s`, `1h30m` → `90m`, `30` → `30s`. */
export function suggestDuration(text: string): string | undefined {
  const compact = text.trim().toLowerCase().replaceAll(/[\s_]/g, '');
  if (/^\d+(\.\d+)?$/.test(compact)) return `${compact}s`;
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== compact) return undefined;
  const units = parts.map((part) => ALIASES[part[2] as string] ?? (part[2] as string));
  if (units.some((unit) => MILLISECONDS[unit] === undefined)) return undefined;
  return formatDuration(
    parts.reduce(
      (sum, part, index) => sum + Number(part[1]) * (MILLISECONDS[units[index] as string] as number),
      0,
    ),
  );
}

/** The shortest exact way to write a number of milliseconds: 90000 → `90s`, 3600000 → `1h`. */
export function formatDuration(milliseconds: number): string {
  const unit = ['d', 'h', 'm', 's'].find((name) => milliseconds % (MILLISECONDS[name] as number) === 0);
  if (unit === undefined || milliseconds === 0) return `${Math.round(milliseconds)}ms`;
  return `${milliseconds / (MILLISECONDS[unit] as number)}${unit}`;
}
