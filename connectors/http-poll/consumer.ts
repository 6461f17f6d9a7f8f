// The polling loop: waits for the time, asks, offers what changed, waits until it is settled. One poll at a time.
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConsumerContext,
  type Delivery,
  PermanentError,
  RetryableError,
} from '../../engine/connector/index.ts';
import { type Changes, findChanges } from './changes.ts';
import type { HttpPollConfig } from './config.ts';
import { openSource, type Source } from './fetch-source.ts';
import { compileItems, type SelectItems } from './items.ts';
import { decodeCursor, type PollState } from './poll-cursor.ts';
import { type Offer, PollDelivery, Settlement } from './poll-delivery.ts';
import { compileTimetable, holdBackMs } from './timetable.ts';

/** Timers of Node do not go further (24.8 days). */
const longestTimerMs = 2_147_483_647;

/** Deliveries until the context's signal aborts, or after one poll with `once`. A failing API is logged and asked again later. */
export async function* poll(
  config: HttpPollConfig,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const timetable = compileTimetable(config);
  const select = compileItems(config, context);
  const source = openSource(config, context);
  let state = decodeCursor(context.cursor);
  let failures = 0;
  try {
    let at = timetable.first(Date.now());
    while (await waitUntil(at, context.signal)) {
      const began = Date.now();
      const result = await ask(source, select, state, config, context);
      if (result instanceof Error) {
        if (context.signal.aborted) return;
        failures++;
        at = timeAfterFailure(result, failures, timetable.next(began, Date.now()));
        const waitMs = Math.max(0, at - Date.now());
        context.log('warn', `${result.message}; asking again in ${Math.round(waitMs / 1000)} s`, {
          failures,
        });
        continue;
      }
      failures = 0;
      yield* offerAll(result.offers, context);
      state = result.after;
      if (config.once === true) return;
      at = timetable.next(began, Date.now());
    }
  } finally {
    await source.close();
  }
}

/** What changed, or why it cannot be told now. */
async function ask(
  source: Source,
  select: SelectItems,
  state: PollState,
  config: HttpPollConfig,
  context: ConsumerContext,
): Promise<Changes | Error> {
  try {
    const fetched = await source.fetch(state, context.signal);
    if (fetched.kind === 'unchanged') return { offers: [], after: state };
    const { etag, modified } = fetched;
    const changes = findChanges(state, await select(fetched.payload), { etag, modified }, config.emit);
    context.log('debug', `${changes.offers.length} new or changed`);
    return changes;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Offers everything until all of it is stored. */
async function* offerAll(
  offers: readonly Offer[],
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const settlement = new Settlement();
  const refused = (message: string): void =>
    context.log('error', `an item can never be stored and is left out: ${message}`);
  for (let left = offers; left.length > 0; ) {
    for (const offer of left) {
      if (context.signal.aborted) return;
      yield new PollDelivery(offer, settlement, refused);
    }
    const outcome = await unlessAborted(settlement.all(), context.signal);
    if (outcome === undefined) return;
    left = outcome.again;
    if (left.length > 0 && !(await waitUntil(Date.now() + outcome.retryAfterMs, context.signal))) return;
  }
}

/** What a server refuses for good is not asked for again before its time; anything else sooner, but not at once. */
function timeAfterFailure(error: Error, failures: number, nextMs: number): number {
  if (error instanceof PermanentError) return Math.max(nextMs, Date.now() + holdBackMs(1, undefined));
  const afterMs = error instanceof RetryableError ? error.afterMs : undefined;
  return Date.now() + holdBackMs(failures, afterMs);
}

/** Resolves with true at the time, with false when the signal aborts first. */
async function waitUntil(atMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    for (let leftMs = atMs - Date.now(); leftMs > 0; leftMs = atMs - Date.now()) {
      await delay(Math.min(leftMs, longestTimerMs), undefined, { signal });
    }
    return !signal.aborted;
  } catch {
    return false;
  }
}

/** Undefined when the signal aborts first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
