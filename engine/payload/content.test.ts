import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type PayloadContent, readHead, readWhole } from './content.ts';

const signal = new AbortController().signal;

/** Counts how many chunks were taken, and whether the source was closed. */
function source(...chunks: readonly string[]) {
  const seen = { taken: 0, closed: false };
  async function* open(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        seen.taken++;
        yield await Promise.resolve(Buffer.from(chunk));
      }
    } finally {
      seen.closed = true;
    }
  }
  const content: PayloadContent = { size: undefined, open };
  return { content, seen };
}

test('the whole is read when it is small enough', async () => {
  const { content } = source('ab', 'cd');
  assert.equal(Buffer.from((await readWhole(content, 4, signal)) ?? []).toString(), 'abcd');
});

test('of what is too large no more is read than shows it', async () => {
  const { content, seen } = source('ab', 'cd', 'ef', 'gh');
  assert.equal(await readWhole(content, 3, signal), undefined);
  assert.deepEqual(seen, { taken: 2, closed: true });
});

test('a head that holds everything is the whole', async () => {
  for (const chunks of [['ab', 'cd'], ['abcd'], [], ['']]) {
    const head = await readHead(source(...chunks).content.open(signal), 4);
    assert.equal(head.kind === 'whole' && Buffer.from(head.bytes).toString(), chunks.join(''));
  }
});

test('what follows a head comes in order, from the first byte', async () => {
  const { content, seen } = source('ab', 'cd', 'ef', 'gh');
  const head = await readHead(content.open(signal), 3);
  assert.equal(seen.taken, 2);
  assert.equal(head.kind === 'more' && (await text(head.content)), 'abcdefgh');
});

test('a source that is left early is closed', async () => {
  const { content, seen } = source('ab', 'cd', 'ef', 'gh');
  const head = await readHead(content.open(signal), 1);
  assert.ok(head.kind === 'more');
  for await (const _chunk of head.content) break;
  assert.deepEqual(seen, { taken: 1, closed: true });
});
