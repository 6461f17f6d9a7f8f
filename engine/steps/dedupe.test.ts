import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepContext } from './contract.ts';
import { dedupe } from './dedupe.ts';
import { messageOf } from './test-message.ts';

/** What becomes of a message with this id when the key is held by another one. */
async function kindOf(id: string, holder: string): Promise<string> {
  const context = { claim: () => Promise.resolve(holder) } as unknown as StepContext;
  const result = await dedupe.compile(
    { key: 'order', window: '1h' },
    context,
  )(messageOf({ order: 7 }, { id }));
  return result.kind;
}

test('a message passes with a key that it holds itself, also when its copies got marks since', async () => {
  assert.equal(await kindOf('m1', 'm1'), 'pass');
  assert.equal(await kindOf('m1~left', 'm1'), 'pass');
  assert.equal(await kindOf('m1', 'm1~left'), 'pass');
  assert.equal(await kindOf('m1~left.0', 'm1~right.0'), 'pass');
});

test('another message with the key, and another part of the same, is filtered', async () => {
  assert.equal(await kindOf('m2', 'm1'), 'drop');
  assert.equal(await kindOf('m1.1', 'm1.0'), 'drop');
});
