// Compares the items of a poll with what was seen: what to offer, and where each offer leaves the poller.
import type { HttpPollConfig } from './config.ts';
import type { Validators } from './fetch-source.ts';
import type { Item } from './items.ts';
import { encodeCursor, type PollState } from './poll-cursor.ts';
import type { Offer } from './poll-delivery.ts';

/** A cursor names everything seen; so many different ones are made per poll at most, the others repeat the one before. */
const maxCheckpoints = 50;

export interface Changes {
  readonly offers: readonly Offer[];
  /** Where the poller stands once all offers are settled. */
  readonly after: PollState;
}

export function findChanges(
  before: PollState,
  items: readonly Item[],
  validators: Validators,
  emit: HttpPollConfig['emit'],
): Changes {
  const changed = emit === 'all' ? items : changedItems(before, items);
  const after: PollState = {
    round: before.round + (changed.length > 0 ? 1 : 0),
    ...validators,
    // With `all` nothing is compared, so nothing needs to be remembered.
    seen: emit === 'all' ? new Map() : new Map(items.map((item) => [item.identity, item.content])),
  };
  return { offers: offersOf(before, changed, after, emit), after };
}

/** The last of several items with the same identity counts. */
function changedItems(before: PollState, items: readonly Item[]): readonly Item[] {
  const current = new Map(items.map((item) => [item.identity, item]));
  return [...current.values()].filter((item) => before.seen.get(item.identity) !== item.content);
}

/**
 * The last offer carries the whole new state. Those before it carry the old validators, so that after a crash the server is asked for
 * everything again, and as seen what was offered up to the last checkpoint.
 */
function offersOf(
  before: PollState,
  changed: readonly Item[],
  after: PollState,
  emit: HttpPollConfig['emit'],
): readonly Offer[] {
  const stride = Math.ceil(changed.length / maxCheckpoints);
  const seen = new Map(before.seen);
  let cursor = encodeCursor(before);
  return changed.map((item, index) => {
    seen.set(item.identity, item.content);
    const last = index === changed.length - 1;
    if (last) cursor = encodeCursor(after);
    else if (emit !== 'all' && (index + 1) % stride === 0) cursor = encodeCursor({ ...before, seen });
    const id =
      emit === 'all'
        ? `${before.round}:${index}:${item.content}`
        : `${before.round}:${item.identity}:${item.content}`;
    return { item, id, cursor };
  });
}
