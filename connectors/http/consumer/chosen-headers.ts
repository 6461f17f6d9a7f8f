// Which request headers travel on with a message: those of a list, never credentials.
import type { IncomingHttpHeaders } from 'node:http';

/** What travels when the author does not choose. A trailing `*` stands for anything. */
export const defaultHeaders: readonly string[] = [
  'user-agent',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'x-*',
  'webhook-*',
  'ce-*',
];

const never: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'connection',
  'content-type',
  'content-length',
  'transfer-encoding',
]);
/** A pattern does not reach what looks like a credential; its full name does. */
const sensitive = /token|secret|signature|password|passwd|credential|session|api-?key|access-?key|auth/;
const known = { limit: 500 };

/** Copies the chosen headers of a request. `withheld` (lower case) stay behind even when chosen. */
export type ChooseHeaders = (from: IncomingHttpHeaders, to: Record<string, string>) => void;

export function compileHeaderChoice(
  names: readonly string[] = defaultHeaders,
  withheld: readonly string[] = [],
): ChooseHeaders {
  const lower = names.map((name) => name.toLowerCase());
  const exact = new Set(lower.filter((name) => !name.endsWith('*')));
  const prefixes = lower.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const refused = new Set([...never, ...withheld]);
  const decided = new Map<string, boolean>();

  function decide(name: string): boolean {
    const chosen =
      !refused.has(name) &&
      (exact.has(name) || (prefixes.some((prefix) => name.startsWith(prefix)) && !sensitive.test(name)));
    // Callers choose the names: what is remembered about them has a bound.
    if (decided.size < known.limit) decided.set(name, chosen);
    return chosen;
  }

  return (from, to) => {
    for (const name in from) {
      if (!(decided.get(name) ?? decide(name))) continue;
      const value = from[name];
      if (value !== undefined) to[name] = typeof value === 'string' ? value : value.join(', ');
    }
  };
}
