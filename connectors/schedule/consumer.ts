// Emits a message at each scheduled time; the cursor is the last time, so a restart neither repeats nor forgets one.
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConsumerContext,
  type Delivery,
  type JsonObject,
  Payload,
} from '../../engine/connector/index.ts';
import type { ScheduleConsumerConfig } from './config.gen.ts';
import { decodeCursor, encodeCursor, type Fired } from './cursor.ts';
import { dueTimes } from './due-times.ts';
import { compileTimetable, type NextTime } from './timetable.ts';

/** Looks at the clock at least this often: a clock that jumps is noticed. */
const lookMs = 1_000;
/** A last time further ahead than this is no clock set back by an hour or a day: it was wrong when it fired. */
const farAheadMs = 25 * 3_600_000;

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

/** Deliveries until the signal aborts, or the schedule has no more times. Throws PermanentError for a schedule that is none. */
export async function* schedule(
  config: ScheduleConsumerConfig,
  context: ConsumerContext,
  clock: Clock = systemClock,
): AsyncGenerator<Delivery, void, undefined> {
  const firing = new Firing(config, context, clock);
  // Whoever takes over before the first time has to know since when there is a schedule: that time would be left out.
  if (context.cursor === undefined) await context.keep(firing.cursor);
  while (!context.signal.aborted) {
    for (const delivery of firing.due()) {
      yield delivery();
      if (context.signal.aborted) return;
    }
    const waitMs = firing.waitMs();
    if (waitMs === undefined) return;
    await clock.wait(Math.min(lookMs, waitMs), context.signal);
  }
}

interface Again {
  readonly fired: Fired;
  readonly dueMs: number;
}

class Firing {
  readonly #config: ScheduleConsumerConfig;
  readonly #context: ConsumerContext;
  readonly #clock: Clock;
  readonly #next: NextTime;
  #fired: Fired;
  /** The first time after the last: finding it is dear, and it is asked for every second. */
  #nextMs: number | undefined;
  /** Not stored when they were offered. */
  #again: readonly Again[] = [];

  constructor(config: ScheduleConsumerConfig, context: ConsumerContext, clock: Clock) {
    this.#config = config;
    this.#context = context;
    this.#clock = clock;
    this.#next = compileTimetable(config);
    this.#fired = decodeCursor(context.cursor) ?? { lastMs: clock.now(), count: 0 };
    this.#nextMs = this.#next(this.#fired.lastMs);
  }

  /** Where to go on when everything offered so far is stored. */
  get cursor(): JsonObject {
    return encodeCursor(this.#fired);
  }

  /** What is to be offered now; each is made when it is asked for. */
  *due(): Generator<() => Delivery, void, undefined> {
    const nowMs = this.#clock.now();
    this.#distrustTheFuture(nowMs);
    const again = this.#again.filter(({ dueMs }) => dueMs <= nowMs);
    this.#again = this.#again.filter(({ dueMs }) => dueMs > nowMs);
    for (const { fired } of again) yield () => this.#delivery(fired);
    if (this.#nextMs === undefined || this.#nextMs > nowMs) return;
    const { times, lastMs } = dueTimes(this.#next, this.#fired.lastMs, nowMs, this.#config.missed ?? 'once');
    for (const time of times) {
      const fired = { lastMs: time, count: this.#fired.count + 1 };
      this.#fired = fired;
      yield () => this.#delivery(fired);
    }
    this.#goOnFrom(lastMs);
  }

  /** Until the next offer; undefined when there will be none. */
  waitMs(): number | undefined {
    const times = this.#again.map(({ dueMs }) => dueMs);
    if (this.#nextMs !== undefined) times.push(this.#nextMs);
    return times.length === 0 ? undefined : Math.max(1, Math.min(...times) - this.#clock.now());
  }

  #goOnFrom(lastMs: number): void {
    this.#fired = { ...this.#fired, lastMs };
    this.#nextMs = this.#next(lastMs);
  }

  #distrustTheFuture(nowMs: number): void {
    if (this.#fired.lastMs <= nowMs + farAheadMs) return;
    const last = new Date(this.#fired.lastMs).toISOString();
    this.#context.log(
      'warn',
      `the last time was ${last}, which is far ahead of the clock; going on from now`,
    );
    this.#goOnFrom(nowMs);
  }

  #delivery(fired: Fired): Delivery {
    const { payload } = this.#config;
    const scheduledAt = new Date(fired.lastMs).toISOString();
    const firedAt = new Date(this.#clock.now()).toISOString();
    return {
      payload: Payload.ofValue(
        payload === undefined ? { scheduledAt, firedAt, count: fired.count } : payload,
      ),
      headers: { 'scheduled-at': scheduledAt },
      key: this.#context.name,
      // The same on every worker: two that fire for one time store one message.
      id: scheduledAt,
      cursor: this.cursor,
      ack: () => undefined,
      nack: ({ kind, message, retryAfterMs }) => {
        if (kind === 'busy')
          this.#again = [...this.#again, { fired, dueMs: this.#clock.now() + retryAfterMs }];
        else this.#context.log('error', `the message of ${scheduledAt} can never be stored: ${message}`);
      },
    };
  }
}
