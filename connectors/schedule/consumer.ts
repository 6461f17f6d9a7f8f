// Emits a message at each scheduled time; the cursor is the last time, so a restart neither repeats nor forgets one.
import { setTimeout as delay } from 'node:timers/promises';
import { type ConsumerContext, type Delivery, Payload } from '../../engine/connector/index.ts';
import type { ScheduleConfig } from './config.ts';
import { dueTimes } from './due-times.ts';
import { compileTimetable } from './timetable.ts';

/** Looks at the clock at least this often: a clock that jumps is noticed. */
const lookMs = 1_000;
/** A time that passed this recently is late, not missed. */
const graceMs = 60_000;

/** The clock, in milliseconds since the epoch; tests bring their own. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

export async function* schedule(
  config: ScheduleConfig,
  context: ConsumerContext,
  clock: Clock = systemClock,
): AsyncGenerator<Delivery, void, undefined> {
  const next = compileTimetable(config);
  let lastMs = cursorTime(context.cursor) ?? clock.now();
  while (!context.signal.aborted) {
    const nowMs = clock.now();
    for (const time of dueTimes(next, lastMs, nowMs, config.missed ?? 'once', graceMs)) {
      lastMs = time;
      yield delivery(config, context, time, nowMs);
      if (context.signal.aborted) return;
    }
    const nextMs = next(Math.max(lastMs, clock.now()));
    if (nextMs === undefined) return;
    await clock.wait(Math.min(lookMs, Math.max(1, nextMs - clock.now())), context.signal);
  }
}

function delivery(config: ScheduleConfig, context: ConsumerContext, timeMs: number, nowMs: number): Delivery {
  const scheduledAt = new Date(timeMs).toISOString();
  const payload = config.payload ?? { scheduledAt, firedAt: new Date(nowMs).toISOString() };
  return {
    payload: Payload.ofValue(payload),
    headers: { 'scheduled-at': scheduledAt },
    key: config.name,
    // The same on every worker: two that fire for one time store one message.
    id: scheduledAt,
    cursor: { last: timeMs },
    ack: () => undefined,
    nack: ({ message }) => context.log('error', `the message of ${scheduledAt} was not stored: ${message}`),
  };
}

function cursorTime(cursor: ConsumerContext['cursor']): number | undefined {
  const last = (cursor as { readonly last?: unknown } | null | undefined)?.last;
  return typeof last === 'number' ? last : undefined;
}
