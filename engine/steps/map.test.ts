// map gives the payload a new value, and says so when there is none.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Payload } from '../payload/payload.ts';
import { map } from './map.ts';
import { messageOf, messageWith, passed } from './test-message.ts';

const order = {
  id: 7,
  lines: [
    { price: 2, amount: 3 },
    { price: 1, amount: 4 },
  ],
};

test('the result becomes the payload, as JSON', async () => {
  const run = map.compile({ expression: '{ "id": id, "total": $sum(lines.(price * amount)) }' });
  const { payload } = await passed(run, messageOf(order));
  assert.equal(payload.contentType, 'application/json');
  assert.equal(Buffer.from(payload.bytes()).toString(), '{"id":7,"total":10}');
});

test('everything else of the message stays', async () => {
  const before = messageOf(order, { headers: { 'x-a': '1' }, key: 'k', attempt: 3 });
  const { payload, ...rest } = await passed(map.compile({ expression: 'id' }), before);
  const { payload: old, ...expected } = before;
  assert.deepEqual(rest, expected);
  assert.notEqual(payload, old);
});

test('false, null, zero, an empty text and an empty list are values', async () => {
  for (const [expression, value] of [
    ['false', false],
    ['null', null],
    ['0', 0],
    ['""', ''],
    ['[]', []],
  ] as const) {
    assert.deepEqual((await passed(map.compile({ expression }), messageOf(order))).payload.value(), value);
  }
});

test('the message itself is at hand by name', async () => {
  const run = map.compile({
    expression: '[$id, $flow, $key, $headers.`x-a`, $accepted, $string($attempt)]',
  });
  const message = messageOf({}, { headers: { 'x-a': '1' }, key: 'k', attempt: 2, acceptedAt: 86_400_000 });
  const { payload } = await passed(run, message);
  assert.deepEqual(payload.value(), ['m1', 'orders', 'k', '1', '1970-01-02T00:00:00.000Z', '2']);
});

suite('what cannot be mapped fails with a code', () => {
  test('nothing at all says what to do about it', async () => {
    const run = map.compile({ expression: 'missing.field' });
    await assert.rejects(async () => run(messageOf(order)), {
      code: 'VRS4102',
      retryable: false,
      message: /filter/,
    });
  });

  test('text and bytes are told from objects without the field', async () => {
    const run = map.compile({ expression: 'id' });
    for (const type of ['application/xml', 'application/octet-stream']) {
      const message = messageWith(Payload.ofBytes(Buffer.from('<id/>'), type));
      await assert.rejects(async () => run(message), {
        code: 'VRS4102',
        message: new RegExp(`${type}.*convert`),
      });
    }
  });

  test('an error of the language names its own code', async () => {
    const run = map.compile({ expression: '$number("seven")' });
    await assert.rejects(async () => run(messageOf(order)), { code: 'VRS4103', message: /D3030/ });
  });

  test('a payload that is not what its type says keeps the code of its format', async () => {
    const run = map.compile({ expression: 'id' });
    const broken = messageWith(Payload.ofBytes(Buffer.from('{"id": }')));
    await assert.rejects(async () => run(broken), { code: 'VRS8201', message: /line 1, column 8/ });
  });

  test('an expression that never ends is stopped', async () => {
    const run = map.compile({ expression: '($f := function($n) { $f($n + 1) }; $f(0))' });
    await assert.rejects(async () => run(messageOf(order)), { code: 'VRS4103', message: /D10\d\d/ });
  });

  test('an expression of a newer engine is refused at start', () => {
    assert.throws(() => map.compile({ expression: '{ "a": ' }), { code: 'VRS4001' });
  });
});

test('bytes are nothing to an expression; headers still are', async () => {
  const bytes = messageWith(Payload.ofBytes(Buffer.from([1, 2]), 'image/png'), {
    headers: { name: 'a.png' },
  });
  const run = map.compile({ expression: '{ "name": $headers.name, "payload": $exists($) }' });
  assert.deepEqual((await passed(run, bytes)).payload.value(), { name: 'a.png', payload: false });
});

test('the incoming value is never changed', async () => {
  const value = { a: { b: [1, 2] } };
  const run = map.compile({ expression: '$ ~> |a|{"b": 3, "c": 4}|' });
  assert.deepEqual((await passed(run, messageOf(value))).payload.value(), { a: { b: 3, c: 4 } });
  assert.deepEqual(value, { a: { b: [1, 2] } });
});
