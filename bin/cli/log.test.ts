import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

test('a line below the least level is not even put together', (t) => {
  const written: Record<string, unknown>[] = [];
  t.mock.method(process.stderr, 'write', (line: string) => written.push(JSON.parse(line)));
  const log = createLog('info', 'json');
  log('debug', () => assert.fail());
  log('info', () => 'put together', { n: 1 });
  t.mock.restoreAll();
  assert.deepEqual(
    written.map(({ level, message, n }) => [level, message, n]),
    [['info', 'put together', 1]],
  );
});
