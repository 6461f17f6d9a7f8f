// Settings are parsed, and what is wrong names its field.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PermanentError } from './errors.ts';
import { durationSetting, integerSetting, sizeSetting } from './settings.ts';

test('settings become numbers', () => {
  assert.equal(durationSetting('timeout', '30s'), 30_000);
  assert.equal(sizeSetting('maxSize', '1MiB'), 1_048_576);
  assert.equal(integerSetting('port', 8080, 0, 65_535), 8080);
  assert.equal(integerSetting('port', '8080', 0, 65_535), 8080);
});

test('what is wrong names the field and the value', () => {
  const cases: readonly (readonly [() => number, RegExp])[] = [
    [() => durationSetting('timeout', 'soon'), /timeout: "soon" is not a duration/],
    [() => sizeSetting('maxSize', '1'), /maxSize: "1" is not a size/],
    [() => integerSetting('port', '80a', 0, 65_535), /port: "80a" is not a whole number from 0 to 65535/],
    [() => integerSetting('port', 65_536, 0, 65_535), /port: "65536"/],
    [() => integerSetting('port', '', 0, 65_535), /port: ""/],
  ];
  for (const [read, message] of cases) {
    assert.throws(read, (error: Error) => error instanceof PermanentError && message.test(error.message));
  }
});
