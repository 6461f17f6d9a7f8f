// filter lets pass or drops, by rules and by conditions.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Payload } from '../payload/payload.ts';
import { filter } from './filter.ts';
import { dropped, messageOf, messageWith, passed } from './test-message.ts';

test('rules let pass what meets them, unchanged', async () => {
  const run = filter.compile({ rules: { all: [{ field: 'total', gte: 100 }] } });
  const message = messageOf({ total: 100 });
  assert.equal(await passed(run, message), message);
  assert.match(await dropped(run, messageOf({ total: 99 })), /^rules not met: .*"gte":100/);
});

test('rules answer without a promise', () => {
  const run = filter.compile({ rules: { field: '$headers.x', eq: '1' } });
  assert.deepEqual(run(messageOf({}, { headers: { x: '1' } })), {
    kind: 'pass',
    message: messageOf({}, { headers: { x: '1' } }),
  });
});

test('a condition drops with the condition as reason', async () => {
  const run = filter.compile({ when: 'country = "NO"\n' });
  await passed(run, messageOf({ country: 'NO' }));
  assert.equal(await dropped(run, messageOf({ country: 'SE' })), 'not country = "NO"');
});

suite('what counts as true is what $boolean says', () => {
  const cases: readonly (readonly [when: string, holds: boolean])[] = [
    ['true', true],
    ['false', false],
    ['missing', false],
    ['null', false],
    ['""', false],
    ['"no"', true],
    ['0', false],
    ['1', true],
    ['[]', false],
    ['[0, 0]', false],
    ['[0, 1]', true],
    ['{}', false],
    ['{"a": false}', true],
  ];
  for (const [when, holds] of cases) {
    test(when, async () => {
      const run = filter.compile({ when });
      await (holds ? passed : dropped)(run, messageOf({}));
      // The language agrees.
      const asked = filter.compile({ when: `$boolean(${when}) = true` });
      if (when !== 'missing') await (holds ? passed : dropped)(asked, messageOf({}));
    });
  }
});

test('a long rule is cut short in the reason', async () => {
  const run = filter.compile({
    rules: { field: 'a', in: Array.from({ length: 1000 }, (_, index) => index) },
  });
  assert.equal((await dropped(run, messageOf({ a: -1 }))).length, 200);
});

test('a payload that cannot be read fails, it is not dropped', async () => {
  const broken = messageWith(Payload.ofBytes(Buffer.from('{')));
  for (const run of [
    filter.compile({ when: 'a' }),
    filter.compile({ rules: { field: 'a', exists: true } }),
  ]) {
    await assert.rejects(async () => run(broken), { code: 'VRS8201', name: 'StepError' });
  }
});

test('rules and conditions that cannot be compiled are refused at start', () => {
  assert.throws(() => filter.compile({ when: 'a =' }), { code: 'VRS4001' });
  assert.throws(() => filter.compile({ rules: { nonsense: 1 } as never }), { code: /^VRS4/ });
});
