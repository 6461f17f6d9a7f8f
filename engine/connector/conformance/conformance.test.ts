// The conformance suite passes a good connector and catches each way of being a bad one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('./testdata/memory-connector.ts', import.meta.url));

/** The titles of the tests that fail on a connector with this flaw. */
function failures(flaw: string): Promise<readonly string[]> {
  const env = {
    ...process.env,
    FLAW: flaw,
    VRSKY_TEST_PATIENCE_MS: flaw === 'none' ? '60000' : '300',
    NODE_TEST_CONTEXT: undefined,
  };
  const parameters = ['--test', '--test-force-exit', '--test-reporter', 'tap', file];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { env }, (_error, stdout) => {
      assert.match(stdout, /# tests [1-9]/, stdout);
      const titles = [...stdout.matchAll(/^ {4,}not ok \d+ - (.*)$/gm)].map((match) => match[1] ?? '');
      resolve(titles.filter((title) => !/^(?:consumer|producer|memory)/.test(title)));
    });
  });
}

/** What each flaw is caught by. */
const flaws: Readonly<Record<string, readonly string[]>> = {
  none: [],
  'acknowledges early': ['tells the source nothing before the message is stored'],
  'drops what was not stored': ['a message that was not stored is offered again'],
  'forgets its cursor': ['goes on behind every cursor'],
  'ignores the abort': [
    'stops at once while it waits for messages',
    'stops in time while the sink does not answer',
  ],
  'logs its secret': [
    'hands over what the source offers',
    'names exactly the messages that the sink refuses',
  ],
  'lies about delivery': ['delivers what it says it delivered'],
  'blames the whole batch': ['names exactly the messages that the sink refuses'],
  'leaves something open': ['closes without having written'],
  'checks nothing': ['calls a refused credential permanent'],
  'takes any configuration': ['refuses a missing type'],
};

describe('the suite', { concurrency: 2 }, () => {
  for (const [flaw, expected] of Object.entries(flaws)) {
    test(flaw === 'none' ? 'passes a good connector' : `catches a connector that ${flaw}`, async () => {
      const failed = await failures(flaw);
      if (expected.length === 0) assert.deepEqual(failed, []);
      for (const title of expected)
        assert.ok(failed.includes(title), `${title} is not among ${failed.join('; ')}`);
    });
  }
});
