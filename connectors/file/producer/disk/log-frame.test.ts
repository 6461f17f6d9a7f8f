// A log that breaks off anywhere gives the whole batches before, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrames, encodeFrame, logHeader } from './log-frame.ts';

const batches = [
  [
    { path: 'NO/1.json', content: Buffer.from('{"id":1}') },
    { path: 'æ 😀', content: Buffer.alloc(0) },
  ],
  [{ path: 'large.bin', content: undefined }],
  [{ path: 'NO/1.json', content: Buffer.from('\0\0newer') }],
] as const;
const frames = batches.map((files, index) => encodeFrame(files, BigInt(index)));
const log = Buffer.concat([logHeader, ...frames]);

/** Where each batch ends. */
const ends = frames.map((_, index) =>
  frames.slice(0, index + 1).reduce((sum, frame) => sum + frame.length, logHeader.length),
);

/** What a log tells, with the contents. */
function told(bytes: Buffer) {
  return decodeFrames(bytes).map(({ files }) =>
    files.map(({ path, range }) => ({
      path,
      content: range && bytes.subarray(range.start, range.start + range.length),
    })),
  );
}

test('what was put in comes out', () => {
  assert.deepEqual(told(log), batches);
  assert.deepEqual(
    decodeFrames(log).map(({ at }) => at),
    [0n, 1n, 2n],
  );
});

test('cut off at every byte: the batches that are whole', () => {
  for (let length = 0; length <= log.length; length++) {
    const whole = ends.filter((end) => end <= length).length;
    const cut = log.subarray(0, length);
    assert.deepEqual(told(cut), batches.slice(0, whole), `${length} bytes`);
    // Space that was taken ahead.
    const padded = told(Buffer.concat([cut, Buffer.alloc(100)]));
    // The last bytes of a batch may be zeros themselves.
    assert.ok(padded.length >= whole && padded.length <= whole + 1, `${length} bytes and zeros`);
    assert.deepEqual(padded, batches.slice(0, padded.length));
  }
});

test('any byte that is wrong ends the log before its batch', () => {
  for (let position = 0; position < log.length; position++) {
    const wrong = Buffer.from(log);
    wrong.writeUInt8(log.readUInt8(position) ^ 0x40, position);
    const whole = position < logHeader.length ? 0 : ends.filter((end) => end <= position).length;
    assert.deepEqual(told(wrong), batches.slice(0, whole), `byte ${position}`);
  }
});
