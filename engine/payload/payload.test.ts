// Content is converted when somebody asks, and once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from './payload.ts';

test('bytes are decoded once, when the value is asked for', () => {
  const payload = Payload.ofBytes(Buffer.from('{"a":1}'));
  assert.deepEqual(payload.value(), { a: 1 });
  assert.equal(payload.value(), payload.value());
});

test('a value is encoded once, when bytes are asked for', () => {
  const payload = Payload.ofValue({ a: 1 });
  assert.equal(Buffer.from(payload.bytes()).toString(), '{"a":1}');
  assert.equal(payload.bytes(), payload.bytes());
});

test('malformed content travels untouched as long as nobody looks at its value', () => {
  const bytes = Buffer.from('{"a":');
  const payload = Payload.ofBytes(bytes);
  assert.equal(payload.bytes(), bytes);
  assert.throws(() => payload.value(), { code: 'VRS8201' });
  // Asking again fails again, it does not give nothing.
  assert.throws(() => payload.value(), { code: 'VRS8201' });
});

test('little content is not worth a stream: whoever writes it gets the bytes', async () => {
  const { signal } = new AbortController();
  const streamed = (size: number, length = size) => {
    const open = async function* () {
      yield await Promise.resolve(Buffer.alloc(length, 'x'));
    };
    return Payload.ofContent({ size, open }, 'text/plain');
  };
  const little = await streamed(256 * 1024).outgoing(signal);
  assert.ok(little instanceof Uint8Array && little.byteLength === 256 * 1024);
  const large = streamed(256 * 1024 + 1);
  assert.equal(await large.outgoing(signal), large.content);
  const held = Buffer.from('x');
  assert.equal(await Payload.ofBytes(held).outgoing(signal), held);
});

test('undefined is a value like any other, and JSON cannot hold it', () => {
  const payload = Payload.ofValue(undefined);
  assert.equal(payload.value(), undefined);
  assert.throws(() => payload.bytes(), { code: 'VRS8203' });
});
