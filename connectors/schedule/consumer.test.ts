import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumerContext, JsonValue } from '../../engine/connector/index.ts';
import type { ScheduleConfig } from './config.ts';
import { type Clock, schedule } from './consumer.ts';
import { dueTimes } from './due-times.ts';
import { compileTimetable } from './timetable.ts';

const at = (iso: string) => Date.parse(iso);

/** A clock that is as far as it was told, and passes exactly what is waited for. */
function testClock(startMs: number, jumps: Readonly<Record<number, number>> = {}): Clock & { ms: number } {
  let waits = 0;
  return {
    ms: startMs,
    now() {
      return this.ms;
    },
    wait(ms) {
      this.ms += ms + (jumps[++waits] ?? 0);
      return Promise.resolve();
    },
  };
}

async function fired(
  config: Partial<ScheduleConfig>,
  clock: Clock,
  count: number,
  cursor?: JsonValue,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const context = {
    flow: 'f',
    name: 'tick',
    signal: stop.signal,
    cursor,
    log: () => undefined,
  } as unknown as ConsumerContext;
  const times: string[] = [];
  for await (const { id, ack } of schedule({ name: 'tick', type: 'schedule', ...config }, context, clock)) {
    times.push(String(id));
    await ack();
    if (times.length === count) stop.abort();
  }
  return times;
}

test('an interval fires at multiples since the epoch, so that all workers agree', async () => {
  const times = await fired({ every: '30s' }, testClock(at('2026-01-01T10:00:07Z')), 2);
  assert.deepEqual(times, ['2026-01-01T10:00:30.000Z', '2026-01-01T10:01:00.000Z']);
});

test('cron fires by the wall clock of its time zone across daylight saving', async () => {
  const next = compileTimetable({ cron: '30 2 * * *', timezone: 'Europe/Oslo' });
  assert.equal(new Date(next(at('2026-10-24T12:00:00Z')) ?? 0).toISOString(), '2026-10-25T00:30:00.000Z');
  assert.equal(new Date(next(at('2026-10-25T12:00:00Z')) ?? 0).toISOString(), '2026-10-26T01:30:00.000Z');
});

test('a restart goes on after the last time, without repeating it', async () => {
  const cursor = { last: at('2026-01-01T10:00:30Z') };
  const times = await fired({ every: '30s' }, testClock(at('2026-01-01T10:00:31Z')), 1, cursor);
  assert.deepEqual(times, ['2026-01-01T10:01:00.000Z']);
});

test('missed times are left out, sent once, or all sent', () => {
  const next = compileTimetable({ every: '1m' });
  const due = (missed: 'skip' | 'once' | 'all') => dueTimes(next, 0, 3.5 * 60_000, missed, 10_000);
  assert.deepEqual([due('skip'), due('once'), due('all')], [[], [180_000], [60_000, 120_000, 180_000]]);
});

test('a clock that is set back an hour doubles nothing, one that is set forward misses nothing', async () => {
  const hour = 3_600_000;
  const back = await fired(
    { every: '10m', missed: 'all' },
    testClock(at('2026-01-01T10:05:00Z'), { 400: -hour }),
    4,
  );
  assert.deepEqual(
    back,
    ['10:10', '10:20', '10:30', '10:40'].map((time) => `2026-01-01T${time}:00.000Z`),
  );
  const forth = await fired(
    { every: '30m', missed: 'all' },
    testClock(at('2026-01-01T10:05:00Z'), { 10: hour }),
    3,
  );
  assert.deepEqual(
    forth,
    ['10:30', '11:00', '11:30'].map((time) => `2026-01-01T${time}:00.000Z`),
  );
});

test('what is no schedule is refused with the text and the reason', () => {
  assert.throws(() => compileTimetable({ cron: '61 * * * *' }), /cron: "61 \* \* \* \*"/);
  assert.throws(() => compileTimetable({ cron: '* * * * *', timezone: 'Mars/Base' }), /Mars\/Base/);
  assert.throws(() => compileTimetable({}), /every: 5m/);
});
