// Holds that buffers of content that has passed do not pile up until V8 looks by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentPassed } from './passing-garbage.ts';

const mebibyte = 1024 * 1024;

test('memory outside the heap stays flat while content passes', async () => {
  let most = 0;
  for (let count = 0; count < 2000; count += 1) {
    const chunk = Buffer.allocUnsafeSlow(64 * 1024);
    contentPassed(chunk.byteLength);
    most = Math.max(most, process.memoryUsage().arrayBuffers);
    if (count % 16 === 0) await Promise.resolve();
  }
  assert.ok(most < 20 * mebibyte, `${most} bytes`);
});
