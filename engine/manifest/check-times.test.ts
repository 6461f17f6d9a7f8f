import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSources } from '../flow/check.ts';

async function found(fields: string): Promise<readonly string[]> {
  const text = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: a }
spec:
  consumers: [{ name: in, type: schedule, ${fields} }]
  producers: [{ name: out, type: log }]
`;
  const { diagnostics } = await checkSources([{ file: 'a.yaml', text }]);
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test('times that come are fine', async () => {
  for (const cron of ['*/5 * * * *', '0 0 9 * * MON-FRI', '@daily', '0 0 L * *', '${env:CRON:-x}']) {
    assert.deepEqual(await found(`cron: "${cron}"`), [], cron);
  }
});

test('what is no cron expression is said with the reason', async () => {
  assert.deepEqual(await found('cron: "61 * * * *"'), [
    'VRS2015 `61 * * * *` is not a cron expression: Invalid value for minute: 61',
  ]);
  for (const cron of ['x', '* * * *', '* * * * * * *', ''])
    assert.match((await found(`cron: "${cron}"`)).join(), /^VRS2015 /, cron);
});

test('a time that never comes is no time', async () => {
  assert.deepEqual(await found('cron: "0 0 31 2 *"'), [
    'VRS2015 `0 0 31 2 *` is not a cron expression: it never comes',
  ]);
});

test('a misspelt time zone suggests the right one', async () => {
  assert.deepEqual(await found('cron: "0 9 * * *", timezone: Europe/Olso'), [
    'VRS2016 There is no time zone `Europe/Olso`; did you mean `Europe/Oslo`?',
  ]);
  assert.deepEqual(await found('cron: "0 9 * * *", timezone: Europe/Oslo'), []);
});
