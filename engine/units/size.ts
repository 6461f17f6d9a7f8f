// Sizes as people write them: a number and a unit, in bytes for the machine.

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

const FORM = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;

/** `256KiB` → 262144 (bytes, rounded). Undefined when the text is not a number with a unit B, KB … TB, KiB … TiB. */
export function parseSize(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const bytes = Math.round(Number(match[1]) * (BYTES[match[2] as string] as number));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** What was probably meant by a text that is not a size: `256kb` → `256KB`, `1 MiB` → `1MiB`, `10M` → `10MiB`, `500` → `500B`. */
export function suggestSize(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text.trim().toLowerCase().replaceAll(/[\s_]/g, ''));
  if (match === null) return undefined;
  const unit = unitOf(match[2] as string);
  return unit === undefined ? undefined : `${match[1]}${unit}`;
}

function unitOf(written: string): string | undefined {
  if (written === '' || written.startsWith('byte')) return 'B';
  if (/^[kmgt]$/.test(written)) return `${written.toUpperCase()}iB`;
  return Object.keys(BYTES).find((unit) => unit.toLowerCase() === written);
}

/** Bytes in the largest unit that keeps them readable: 262144 → `256KiB`, 1500 → `1.5KB`. */
export function formatSize(bytes: number): string {
  const units = ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'KB'];
  const exact = units.find(
    (unit) => bytes >= (BYTES[unit] as number) && bytes % (BYTES[unit] as number) === 0,
  );
  if (exact !== undefined) return `${bytes / (BYTES[exact] as number)}${exact}`;
  const near = ['TB', 'GB', 'MB', 'KB'].find((unit) => bytes >= (BYTES[unit] as number));
  return near === undefined
    ? `${bytes}B`
    : `${Number((bytes / (BYTES[near] as number)).toPrecision(3))}${near}`;
}
