// When a schedule fires: each time once, whatever the clock, the workers and the engine do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext, type TestContext } from '../../engine/connector/conformance.ts';
import type { Delivery, JsonValue } from '../../engine/connector/index.ts';
import type { ScheduleConsumerConfig } from './config.gen.ts';
import { schedule } from './consumer.ts';
import { VirtualClock } from './testdata/virtual-clock.ts';

const hour = 3_600_000;

/** The first so many deliveries, each settled before the next is asked for. */
async function take(
  config: ScheduleConsumerConfig,
  clock: VirtualClock,
  count: number,
  cursor?: JsonValue,
  context: TestContext = createTestContext({ name: 'tick', cursor }),
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for await (const delivery of schedule(config, context, clock)) {
    deliveries.push(delivery);
    await delivery.ack();
    if (deliveries.length === count) context.stop();
  }
  return deliveries;
}

const ids = (deliveries: readonly Delivery[]) => deliveries.map(({ id }) => id);
const minutes = (day: string, ...times: readonly string[]) => times.map((time) => `${day}T${time}:00.000Z`);

test('an interval fires at multiples since 1970, so that all workers agree', async () => {
  const times = await take({ every: '30s' }, new VirtualClock('2026-01-01T10:00:07Z'), 2);
  assert.deepEqual(ids(times), ['2026-01-01T10:00:30.000Z', '2026-01-01T10:01:00.000Z']);
});

test('a message tells its time and its number, or what the manifest says', async () => {
  const clock = () => new VirtualClock('2026-01-01T10:00:07Z');
  const [, second] = await take({ every: '1m' }, clock(), 2);
  assert.deepEqual(second?.payload.value(), {
    scheduledAt: '2026-01-01T10:02:00.000Z',
    firedAt: '2026-01-01T10:02:00.000Z',
    count: 2,
  });
  assert.deepEqual(second?.headers, { 'scheduled-at': '2026-01-01T10:02:00.000Z' });
  assert.equal(second?.key, 'tick');
  for (const payload of [{ job: 'nightly' }, null, [1], 'text']) {
    const [delivery] = await take({ every: '1m', payload }, clock(), 1);
    assert.deepEqual(delivery?.payload.value(), payload);
  }
});

test('cron with seconds fires every few of them', async () => {
  const times = await take({ cron: '*/20 * * * * *' }, new VirtualClock('2026-01-01T10:00:07Z'), 3);
  assert.deepEqual(
    ids(times).map((id) => id?.slice(17, 19)),
    ['20', '40', '00'],
  );
});

test('a restart goes on after the last time, without repeating it, and counts on', async () => {
  const [first] = await take({ every: '30s' }, new VirtualClock('2026-01-01T10:00:07Z'), 1);
  const clock = new VirtualClock('2026-01-01T10:00:31Z');
  const [second] = await take({ every: '30s' }, clock, 1, first?.cursor);
  assert.equal(second?.id, '2026-01-01T10:01:00.000Z');
  assert.match(Buffer.from(second?.payload.bytes() ?? []).toString(), /"count":2/);
});

test('whoever takes over before the first time does not leave it out', async () => {
  const context = createTestContext({ name: 'tick' });
  // Dies before what it offers is stored.
  await schedule({ every: '1h' }, context, new VirtualClock('2026-01-01T10:30:00Z')).next();
  const times = await take({ every: '1h' }, new VirtualClock('2026-01-01T11:00:12Z'), 1, context.kept);
  assert.deepEqual(ids(times), minutes('2026-01-01', '11:00'));
});

test('two workers that fire for the same time give the same id', async () => {
  const one = await take({ cron: '*/5 * * * *' }, new VirtualClock('2026-01-01T10:01:00Z'), 3);
  const two = await take({ cron: '*/5 * * * *' }, new VirtualClock('2026-01-01T10:03:30Z'), 3);
  assert.deepEqual(ids(one), ids(two));
});

test('times that passed while nothing ran are left out, sent once, or all sent', async () => {
  const cursor = { last: Date.parse('2026-01-01T10:00:00Z'), count: 7 };
  const after = async (missed: 'skip' | 'once' | 'all', count: number) =>
    ids(await take({ every: '10m', missed }, new VirtualClock('2026-01-01T10:34:30Z'), count, cursor));
  assert.deepEqual(await after('skip', 1), minutes('2026-01-01', '10:40'));
  assert.deepEqual(await after('once', 2), minutes('2026-01-01', '10:30', '10:40'));
  assert.deepEqual(await after('all', 4), minutes('2026-01-01', '10:10', '10:20', '10:30', '10:40'));
});

test('a time that has just passed is late, not missed', async () => {
  const cursor = { last: Date.parse('2026-01-01T10:00:00Z') };
  const clock = new VirtualClock('2026-01-01T10:10:45Z');
  const times = await take({ every: '10m', missed: 'skip' }, clock, 1, cursor);
  assert.deepEqual(ids(times), minutes('2026-01-01', '10:10'));
});

test('a year of missed seconds is made up for at once, with one message or in pieces', async () => {
  const cursor = { last: Date.parse('2025-01-01T00:00:00Z') };
  const began = process.cpuUsage();
  const once = await take({ cron: '* * * * * *' }, new VirtualClock('2026-01-01T00:00:00Z'), 1, cursor);
  assert.deepEqual(ids(once), ['2026-01-01T00:00:00.000Z']);
  const all = await take(
    { every: '1s', missed: 'all' },
    new VirtualClock('2026-01-01T00:00:00Z'),
    2500,
    cursor,
  );
  assert.equal(new Set(ids(all)).size, 2500);
  assert.equal(all.at(-1)?.id, '2025-01-01T00:41:40.000Z');
  // One after the other they take minutes.
  assert.ok(process.cpuUsage(began).user < 10e6);
});

test('a clock that is set back an hour doubles nothing', async () => {
  for (const missed of ['skip', 'once', 'all'] as const) {
    const clock = new VirtualClock('2026-01-01T10:05:00Z').jump('2026-01-01T10:25:00Z', -hour);
    const times = await take({ every: '10m', missed }, clock, 4);
    assert.deepEqual(ids(times), minutes('2026-01-01', '10:10', '10:20', '10:30', '10:40'), missed);
  }
});

test('a clock that is set forward an hour misses nothing', async () => {
  const clock = () => new VirtualClock('2026-01-01T10:05:00Z').jump('2026-01-01T10:15:00Z', hour);
  assert.deepEqual(
    ids(await take({ every: '30m', missed: 'all' }, clock(), 3)),
    minutes('2026-01-01', '10:30', '11:00', '11:30'),
  );
  assert.deepEqual(ids(await take({ every: '30m' }, clock(), 2)), minutes('2026-01-01', '11:00', '11:30'));
});

test('a clock that was years ahead does not silence the schedule for years', async () => {
  const cursor = { last: Date.parse('2031-01-01T00:00:00Z') };
  const context = createTestContext({ cursor });
  const times = await take({ every: '1m' }, new VirtualClock('2026-01-01T10:00:30Z'), 1, cursor, context);
  assert.deepEqual(ids(times), minutes('2026-01-01', '10:01'));
  assert.match(context.logs[0]?.message ?? '', /far ahead of the clock/);
});

test('in Oslo a night without half past two has its run at three, one with two of them has one run', async () => {
  const nightly = { cron: '30 2 * * *', timezone: 'Europe/Oslo' };
  const spring = await take(nightly, new VirtualClock('2026-03-27T12:00:00Z'), 3);
  assert.deepEqual(ids(spring), [
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  const autumn = await take(nightly, new VirtualClock('2026-10-24T12:00:00Z'), 2);
  assert.deepEqual(ids(autumn), ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
});

test('an hourly schedule runs every hour of the days that have 23 and 25', async () => {
  for (const start of ['2026-03-28T20:30:00Z', '2026-10-24T20:30:00Z']) {
    const clock = new VirtualClock(start);
    const times = ids(await take({ cron: '0 * * * *', timezone: 'Europe/Oslo' }, clock, 12));
    const gaps = times.slice(1).map((time, index) => Date.parse(time ?? '') - Date.parse(times[index] ?? ''));
    assert.deepEqual(gaps, new Array(11).fill(hour), start);
  }
});

test('a time that was not stored is offered again, and none after it is lost', async () => {
  const clock = new VirtualClock('2026-01-01T10:00:30Z');
  const context = createTestContext();
  const seen: (string | undefined)[] = [];
  for await (const { id, ack, nack } of schedule({ every: '1m' }, context, clock)) {
    seen.push(id?.slice(14, 16));
    if (seen.length === 1) await nack({ kind: 'busy', message: 'full', retryAfterMs: 90_000 });
    else await ack();
    if (seen.length === 4) context.stop();
  }
  assert.deepEqual(seen, ['01', '02', '01', '03']);
});

test('a message that can never be stored is reported', async () => {
  const context = createTestContext();
  for await (const { nack } of schedule({ every: '1m' }, context, new VirtualClock('2026-01-01T10:00:30Z'))) {
    await nack({ kind: 'refused', message: 'too large', retryAfterMs: 0 });
    context.stop();
  }
  assert.match(context.logs[0]?.message ?? '', /2026-01-01T10:01:00.000Z can never be stored: too large/);
});

test('a schedule without a further time ends', async () => {
  const times = await take({ cron: '0 0 30 2 *' }, new VirtualClock('2026-01-01T00:00:00Z'), 1);
  assert.deepEqual(times, []);
});
