// Holds uploads to their parts: what is in memory at once over all of them, whatever becomes of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Room } from '../room.ts';
import { PartBuffers } from './part-buffers.ts';
import { type PartTarget, uploadInParts } from './upload-parts.ts';

const mebibyte = 1024 * 1024;
const partBytes = 5 * mebibyte;

async function* chunks(bytes: number, first = 0): AsyncGenerator<Uint8Array, void, undefined> {
  for (let left = bytes, index = first; left > 0; left -= 700_000, index++)
    yield await Promise.resolve(Buffer.alloc(Math.min(left, 700_000), index));
}

/** Counts the parts that are under way in every target of it, and keeps what it is given. */
class Store {
  underWay = 0;
  mostUnderWay = 0;
  readonly finished: Buffer[] = [];
  readonly aborted: string[] = [];
  #begun = 0;

  target(failAt = Number.POSITIVE_INFINITY): PartTarget<number> {
    const parts: Buffer[] = [];
    return {
      whole: async (bytes) => {
        this.finished.push(Buffer.from(bytes));
      },
      begin: () => Promise.resolve(`upload ${++this.#begun}`),
      part: async (_upload, number, bytes) => {
        this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
        await new Promise((resolve) => setImmediate(resolve));
        this.underWay--;
        if (number === failAt) throw new Error(`part ${number} failed`);
        parts[number - 1] = Buffer.from(bytes);
        return number;
      },
      complete: async (_upload, tags) => {
        assert.deepEqual(
          tags,
          [...parts.keys()].map((index) => index + 1),
        );
        this.finished.push(Buffer.concat(parts));
      },
      abort: async (upload) => {
        this.aborted.push(upload);
      },
    };
  }
}

async function whole(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of content) all.push(chunk);
  return Buffer.concat(all);
}

test('content of any length comes together as it was', async () => {
  for (const bytes of [
    0,
    1,
    mebibyte,
    mebibyte + 1,
    partBytes - 1,
    partBytes,
    partBytes + 1,
    3 * partBytes,
  ]) {
    const store = new Store();
    await uploadInParts(store.target(), chunks(bytes), new PartBuffers(new Room(2 * partBytes)));
    const [stored] = store.finished;
    assert.ok(stored?.equals(await whole(chunks(bytes))), `${bytes} bytes`);
    assert.equal(store.mostUnderWay > 0, bytes >= partBytes, 'what is less than a part takes one request');
  }
});

test('all uploads together hold no more than there is room for', async () => {
  const store = new Store();
  const buffers = new PartBuffers(new Room(3 * partBytes));
  const contents = Array.from({ length: 12 }, (_, index) => () => chunks(3 * partBytes, index * 100));
  await Promise.all(contents.map((content) => uploadInParts(store.target(), content(), buffers)));
  assert.equal(store.finished.length, 12);
  assert.ok(store.mostUnderWay <= 3, `${store.mostUnderWay} parts at once`);
  for (const content of contents) {
    const expected = await whole(content());
    assert.ok(store.finished.some((stored) => stored.equals(expected)));
  }
});

test('uploads that fail give their room back, and are aborted', async () => {
  const store = new Store();
  const buffers = new PartBuffers(new Room(2 * partBytes));
  async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* chunks(partBytes + mebibyte);
    throw new Error('the sender hung up');
  }
  for (let round = 0; round < 3; round++) {
    await assert.rejects(uploadInParts(store.target(2), chunks(4 * partBytes), buffers), /part 2 failed/);
    await assert.rejects(uploadInParts(store.target(), broken(), buffers), /hung up/);
  }
  assert.equal(store.aborted.length, 6);
  await uploadInParts(store.target(), chunks(4 * partBytes), buffers);
  assert.equal(store.finished.length, 1);
});
