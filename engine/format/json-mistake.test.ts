// Where a text stops being JSON, held against the platform's own parser.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findJsonMistake } from './json-mistake.ts';
import { random } from './testdata/random.ts';

suite('the place and the problem', () => {
  const cases: readonly (readonly [json: string, offset: number, problem: RegExp])[] = [
    ['', 0, /there is nothing/],
    ['  \n', 3, /there is nothing/],
    ['{"a": }', 6, /expected a value/],
    ['[1,2', 4, /ends too early: expected `,` or `\]`/],
    ['{"a":1', 6, /ends too early: expected `,` or `}`/],
    ['{"a":1}x', 7, /something follows/],
    ['{"a": tru}', 6, /expected a value/],
    ["{'a':1}", 1, /only double quotes/],
    ['{"a":"x\ny"}', 5, /a string that never ends or holds what JSON forbids/],
    ['["\\x"]', 1, /a string that never ends/],
    ['[1,]', 3, /expected a value/],
    ['{"a":1,}', 7, /expected a key in double quotes/],
    ['{"a" 1}', 5, /expected `:`/],
    ['{a:1}', 1, /expected a key or `}`/],
    ['[1}', 2, /expected `,` or `\]`/],
    ['{"a":1]', 6, /expected `,` or `}`/],
    ['01', 0, /expected a value/],
    ['[1 2]', 3, /expected `,`/],
    ['NaN', 0, /expected a value/],
    ['// x\n1', 0, /expected a value/],
  ];
  for (const [json, offset, problem] of cases) {
    test(JSON.stringify(json), () => {
      const mistake = findJsonMistake(json);
      assert.equal(mistake?.offset, offset);
      assert.match(mistake.problem, problem);
    });
  }
});

test('whatever JSON.parse refuses has a place, and nothing else', () => {
  const dice = random(7);
  const pieces = [
    ...'{}[],:"\\ \n-+.eE019untrfalsx',
    'true',
    'null',
    '"a"',
    '"\\u00e6"',
    '1.5e3',
    '\u0001',
    '\u00a0',
  ];
  let refused = 0;
  for (let round = 0; round < 30_000; round++) {
    const valid = JSON.stringify(
      { a: [1, 'x"y', null, { b: true, c: -1.5e-9 }], 'ø\n': {} },
      null,
      dice.int(3),
    );
    const at = dice.int(valid.length);
    const json = valid.slice(0, at) + dice.pick(pieces) + valid.slice(at + dice.int(3));
    const isJson = parses(json);
    if (!isJson) refused++;
    assert.equal(findJsonMistake(json) === undefined, isJson, json);
  }
  assert.ok(refused > 10_000, `only ${refused} were refused`);
});

test('100,000 open lists neither overflow the stack nor take long', () => {
  const started = performance.now();
  assert.equal(findJsonMistake('['.repeat(100_000))?.offset, 100_000);
  assert.ok(performance.now() - started < 30_000);
});

function parses(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
