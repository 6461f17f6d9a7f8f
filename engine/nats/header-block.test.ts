import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { eachHeader, encodedHeaders, headerIn } from './header-block.ts';

test('the block is what the client itself would write', () => {
  const pairs = [
    ['Vrsky-Id', 'a1'],
    ['Content-Type', 'application/json'],
    ['x-note', 'grüße, 日本'],
  ] as const;
  const own = new MsgHdrsImpl();
  for (const [name, value] of pairs) own.append(name, value);
  assert.equal(encodedHeaders(pairs), Buffer.from(own.encode()).toString());
  assert.equal(encodedHeaders([]), '');
});

test('a line break in a name or value is refused: it would forge a header', () => {
  assert.throws(() => encodedHeaders([['a', 'b\r\nNats-Msg-Id: x']]), { code: 'VRS8105' });
  assert.throws(() => encodedHeaders([['a\nb', 'c']]), { code: 'VRS8105' });
});

const block = [
  'NATS/1.0',
  'Vrsky-Id: a1',
  'x-empty:',
  'x-twice: one',
  'x-twice: two',
  'x-note:  grüße: 日本 ',
  'no colon',
  '',
  '',
].join('\r\n');

function pairsOf(text: string): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  eachHeader(text, (name, value) => pairs.push([name, value]));
  return pairs;
}

test('headers are read as the client itself would read them', () => {
  const client = MsgHdrsImpl.decode(Buffer.from(block));
  const own = [...client].flatMap(([name, values]) => values.map((value) => [name, value]));
  // Twice: names are known by their place then.
  for (let time = 0; time < 2; time++) assert.deepEqual(pairsOf(block), own);
  assert.equal(own.length, 5);
  assert.deepEqual(pairsOf(''), []);
});

test('a name is not taken for the one that had its place before', () => {
  for (const name of ['x-one', 'x-other', 'x-on', 'x-one'])
    assert.deepEqual(pairsOf(`NATS/1.0\r\n${name}: 1\r\n\r\n`), [[name, '1']]);
});

test('one header is found by its exact name', () => {
  const found = ['Vrsky-Id', 'x-empty', 'x-twice', 'x-note', 'vrsky-id', 'Id', 'no colon'].map((name) =>
    headerIn(block, name),
  );
  assert.deepEqual(found, ['a1', '', 'one', 'grüße: 日本', undefined, undefined, undefined]);
  assert.equal(headerIn('', 'Vrsky-Id'), undefined);
});
