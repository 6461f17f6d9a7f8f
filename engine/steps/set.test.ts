// set writes headers and the key from templates.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { set } from './set.ts';
import { messageOf, passed } from './test-message.ts';

const message = messageOf(
  { country: 'NO', id: 7 },
  { headers: { 'x-old': 'o', 'x-stay': 's' }, key: 'before' },
);

test('headers are set, replaced and removed; names are lower case', async () => {
  const run = set.compile({
    headers: { 'X-Country': '{{ country }}-{{ $headers.`x-old` }}', 'x-stay': 'new' },
    remove: ['X-Old', 'x-never'],
  });
  const after = await passed(run, message);
  assert.deepEqual(after.headers, { 'x-country': 'NO-o', 'x-stay': 'new' });
  assert.deepEqual(message.headers, { 'x-old': 'o', 'x-stay': 's' });
  assert.equal(after.key, 'before');
  assert.equal(after.payload, message.payload);
});

test('values without holes are the same for every message; a line break in one is refused all the same', async () => {
  const run = set.compile({ headers: { 'x-kind': 'order', 'x-empty': '' }, key: 'k', remove: ['x-old'] });
  const after = await passed(run, message);
  assert.deepEqual(after.headers, { 'x-kind': 'order', 'x-empty': '', 'x-stay': 's' });
  assert.equal(after.key, 'k');
  assert.throws(() => set.compile({ headers: { x: 'a\r\nb' } })(message), { code: 'VRS8222' });
});

test('the key is set; a number becomes a text', async () => {
  const after = await passed(set.compile({ key: '{{ id }}' }), message);
  assert.equal(after.key, '7');
  assert.deepEqual(after.headers, message.headers);
});

test('what is only removed needs no look at the payload', () => {
  const result = set.compile({ remove: ['x-old'] })(message);
  assert.ok(!(result instanceof Promise));
  assert.deepEqual(result.kind === 'pass' && result.message.headers, { 'x-stay': 's' });
});

suite('nothing can be forged', () => {
  for (const name of ['vrsky-id', 'Nats-Msg-Id', 'VRSKY-X', '__proto__']) {
    test(`${name} can be neither set nor removed`, () => {
      assert.throws(() => set.compile({ headers: { [name]: 'x' } }), { code: 'VRS8221' });
      assert.throws(() => set.compile({ remove: [name] }), { code: 'VRS8221' });
    });
  }

  for (const value of ['a\r\nnats-msg-id: 1', 'a\nb', 'a\rb', 'a\0b']) {
    test(`a value with ${JSON.stringify(value)} is refused`, async () => {
      const run = set.compile({ headers: { 'x-note': '{{ note }}' } });
      await assert.rejects(async () => run(messageOf({ note: value })), { code: 'VRS8222' });
    });
  }
});

test('a hole that comes to nothing fails instead of writing an empty header or key', async () => {
  for (const run of [set.compile({ headers: { x: '{{ nope }}' } }), set.compile({ key: 'a{{ nope }}' })]) {
    await assert.rejects(async () => run(message), { code: 'VRS4101' });
  }
});
