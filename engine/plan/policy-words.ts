// Policies in the words of a manifest: durations, sizes and rates where workers have milliseconds and bytes.
import { formatDuration } from '../units/duration.ts';
import { formatRate } from '../units/rate.ts';
import { formatSize, parseSize } from '../units/size.ts';

/** `{ deadlineMs: 60000 }` → `{ deadline: '1m' }`. A record that somebody meddled with may hold anything: what is no number stays. */
export function policyWords(policy: unknown): unknown {
  if (policy === null || typeof policy !== 'object' || Array.isArray(policy)) return policy;
  return Object.fromEntries(Object.entries(policy).map(([field, value]) => written(field, value)));
}

function written(field: string, value: unknown): readonly [string, unknown] {
  if (typeof value !== 'number') return [field, policyWords(value)];
  if (field === 'intervalMs') return ['rate', formatRate(value) ?? `1 in ${formatDuration(value)}`];
  if (field.endsWith('Ms')) return [field.slice(0, -2), formatDuration(value)];
  if (field === 'bytes' || field === 'maxBytes') return [field, exactSize(value)];
  if (field.endsWith('Bytes')) return [field.slice(0, -5), exactSize(value)];
  return [field, value];
}

/** Two sizes that differ never read the same. */
function exactSize(bytes: number): string {
  const size = formatSize(bytes);
  return parseSize(size) === bytes ? size : `${bytes}B`;
}
