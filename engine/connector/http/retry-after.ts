// The Retry-After header: how long the other side asks us to wait (RFC 9110 section 10.2.3).

const dayMs = 86_400_000;

/** Milliseconds to wait, 0 to one day; undefined when the header is absent or nonsense. Takes seconds and HTTP dates. */
export function parseRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : dateOf(text) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), dayMs);
}

/** HTTP dates begin with the day's name; anything else that `Date` happens to understand is not one. */
function dateOf(text: string): number {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
