// Where a poller stands: the server's validators, what was seen, and the number of the poll.
import type { JsonObject, JsonValue } from '../../engine/connector/index.ts';
import { decodeSeen, encodeSeen, type SeenItems } from './seen-items.ts';

export interface PollState {
  /** Counts polls that brought something. Part of the delivery ids: the same change seen again later is another message. */
  readonly round: number;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  readonly seen: SeenItems;
}

export const unseen: PollState = { round: 0, etag: undefined, modified: undefined, seen: new Map() };

export function encodeCursor(state: PollState): JsonObject {
  return {
    version: 1,
    round: state.round,
    ...(state.etag === undefined ? {} : { etag: state.etag }),
    ...(state.modified === undefined ? {} : { modified: state.modified }),
    seen: encodeSeen(state.seen),
  };
}

/** A cursor of another version, or none, begins anew. */
export function decodeCursor(cursor: JsonValue | undefined): PollState {
  if (cursor === null || typeof cursor !== 'object' || Array.isArray(cursor)) return unseen;
  const { version, round, etag, modified, seen } = cursor as JsonObject;
  if (version !== 1) return unseen;
  return {
    round: typeof round === 'number' ? round : 0,
    etag: typeof etag === 'string' ? etag : undefined,
    modified: typeof modified === 'string' ? modified : undefined,
    seen: decodeSeen(seen),
  };
}
