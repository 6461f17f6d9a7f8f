// Schedules are compiled, or refused with the text and the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PermanentError } from '../../engine/connector/index.ts';
import { compileTimetable } from './timetable.ts';

test('the next time is the first after, never the same', () => {
  for (const config of [{ every: '1m' }, { cron: '* * * * *' }, { cron: '0 * * * * *' }]) {
    const next = compileTimetable(config);
    assert.equal(next(0), 60_000);
    assert.equal(next(59_999), 60_000);
    assert.equal(next(60_000), 120_000);
  }
});

test('what is no schedule is refused with the text and the reason', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ cron: '61 * * * *' }, /cron: "61 \* \* \* \*"/],
    [{ cron: 'now and then' }, /cron: "now and then"/],
    [{ cron: '* * * * *', timezone: 'Mars/Base' }, /Mars\/Base/],
    [{ every: '0s' }, /every: the time between two messages cannot be 0/],
    [{ every: 'often' }, /every: "often" is not a duration/],
    [{}, /every: 5m/],
  ];
  for (const [config, message] of cases) {
    assert.throws(
      () => compileTimetable(config),
      (error: Error) => error instanceof PermanentError && message.test(error.message),
    );
  }
});
