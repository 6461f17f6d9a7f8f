// gzip and gunzip, held and as streams.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { StepRun } from './contract.ts';
import { gunzip, gzip } from './gzip.ts';
import { messageWith } from './test-message.ts';

const signal = new AbortController().signal;
const text = 'a line that compresses well\n'.repeat(10_000);

function streamed(bytes: Uint8Array): Payload {
  async function* open(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.byteLength; at += 1000)
      yield await Promise.resolve(bytes.subarray(at, at + 1000));
  }
  return Payload.ofContent({ size: bytes.byteLength, open }, 'text/plain');
}

async function passed(run: StepRun, payload: Payload): Promise<Message> {
  const result = await run(messageWith(payload));
  assert.equal(result.kind, 'pass');
  return (result as { readonly message: Message }).message;
}

const bytesOf = ({ payload }: Message) =>
  payload.content === undefined ? Promise.resolve(payload.bytes()) : buffer(payload.content.open(signal));

for (const [kind, of] of [
  ['held', (bytes: Uint8Array) => Payload.ofBytes(bytes, 'text/plain')],
  ['streamed', streamed],
] as const) {
  test(`a ${kind} payload comes out of gunzip as it went into gzip`, async () => {
    const packed = await passed(gzip.compile({ level: 9 }), of(Buffer.from(text)));
    assert.equal(packed.payload.contentType, 'application/gzip');
    assert.equal(packed.payload.content !== undefined, kind === 'streamed');
    const small = await bytesOf(packed);
    assert.ok(small.byteLength < text.length / 50);
    const unpacked = await passed(gunzip.compile({ contentType: 'text/csv' }), of(small));
    assert.equal(unpacked.payload.contentType, 'text/csv');
    assert.equal(Buffer.from(await bytesOf(unpacked)).toString(), text);
  });

  test(`a ${kind} payload that is no gzip is refused for good`, async () => {
    const broken = async (bytes: Uint8Array) => bytesOf(await passed(gunzip.compile({}), of(bytes)));
    await assert.rejects(broken(Buffer.from('plain')), { code: 'VRS8240' });
    const cut = gzipSync(text).subarray(0, 100);
    await assert.rejects(broken(cut), { code: 'VRS8240' });
  });

  test(`a ${kind} payload that would grow beyond maxSize is refused`, async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const growing = async () => bytesOf(await passed(gunzip.compile({ maxSize: '4MB' }), of(bomb)));
    await assert.rejects(growing, { code: 'VRS8240', retryable: false });
    assert.equal(
      (await bytesOf(await passed(gunzip.compile({ maxSize: '5MB' }), of(bomb)))).byteLength,
      5_000_000,
    );
  });
}

test('what goes wrong in the store stays what it is', async () => {
  const away = new VrskyError('VRS8503', 'the store is away', { retryable: true });
  async function* open(): AsyncGenerator<Uint8Array, void, undefined> {
    yield await Promise.resolve(gzipSync(text).subarray(0, 100));
    throw away;
  }
  const payload = Payload.ofContent({ size: undefined, open }, 'application/gzip');
  await assert.rejects(bytesOf(await passed(gunzip.compile({}), payload)), (error) => error === away);
});
