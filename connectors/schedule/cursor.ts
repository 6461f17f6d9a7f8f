// What a schedule remembers across restarts: the last time it fired for, and how often it has.
import type { JsonObject, JsonValue } from '../../engine/connector/index.ts';

export interface Fired {
  /** Milliseconds since the epoch. */
  readonly lastMs: number;
  readonly count: number;
}

export function encodeCursor({ lastMs, count }: Fired): JsonObject {
  return { last: lastMs, count };
}

export function decodeCursor(cursor: JsonValue | undefined): Fired | undefined {
  const { last, count } = (cursor ?? {}) as { readonly last?: unknown; readonly count?: unknown };
  if (typeof last !== 'number' || !Number.isFinite(last)) return undefined;
  return { lastMs: last, count: typeof count === 'number' ? count : 0 };
}
