// Short runs of the torture cases: every accepted message is accounted for outside the engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases } from './cases.ts';
import { seededRandom } from './random.ts';

const seed = 1;

/** Poison is not delivered, filtered messages are not, everything else is. */
function assertComplete(accounts: Awaited<ReturnType<(typeof cases)[string]>>): void {
  assert.deepEqual(accounts.lost, []);
  assert.equal(accounts.delivered + accounts.filtered + accounts.deadLettered, accounts.accepted);
}

test('nothing is lost when the engine is killed several times amid 20,000 messages', async () => {
  const accounts = await cases['engine-killed']?.({ messages: 20_000, kills: 4, random: seededRandom(seed) });
  assert.ok(accounts);
  assertComplete(accounts);
  assert.deepEqual([accounts.delivered, accounts.filtered, accounts.deadLettered], [16_000, 2_000, 2_000]);
});

test('nothing is lost when the server is killed several times amid 20,000 messages', async () => {
  const accounts = await cases['server-killed']?.({ messages: 20_000, kills: 4, random: seededRandom(seed) });
  assert.ok(accounts);
  assertComplete(accounts);
  assert.deepEqual([accounts.delivered, accounts.filtered, accounts.deadLettered], [16_000, 2_000, 2_000]);
});

test('a message is stored when the webhook answers 202, even if the engine is killed at once', async () => {
  const accounts = await cases['killed-after-answer']?.({
    messages: 5,
    kills: 5,
    random: seededRandom(seed),
  });
  assert.ok(accounts);
  assertComplete(accounts);
  assert.equal(accounts.delivered, 5);
});

test('a sink that fails and resets for a while gets everything in the end', async () => {
  const accounts = await cases['sink-failing']?.({ messages: 3_000, kills: 0, random: seededRandom(seed) });
  assert.ok(accounts);
  assertComplete(accounts);
  assert.equal(accounts.delivered, 2_400);
});

test('a full stream makes the webhook refuse, and drops nothing', async () => {
  const accounts = await cases['stream-full']?.({ messages: 3_000, kills: 0, random: seededRandom(seed) });
  assert.ok(accounts);
  assertComplete(accounts);
  assert.equal(accounts.delivered, 2_400);
});
