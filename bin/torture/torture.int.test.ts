// Short runs of the torture cases: every accepted message is accounted for outside the engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accounts } from './arena.ts';
import { cases } from './cases/index.ts';
import { seededRandom } from './random.ts';

async function torture(name: string, messages: number, kills: number): Promise<Accounts> {
  const accounts = await cases[name]?.({ messages, kills, random: seededRandom(1) });
  assert.ok(accounts, `no case ${name}`);
  assert.deepEqual(accounts.lost, []);
  assert.equal(accounts.executedTwice, 0);
  return accounts;
}

/** Of every ten messages one is filtered, one is poison, the rest is delivered. */
function assertComplete({ accepted, delivered, filtered, deadLettered }: Accounts): void {
  assert.deepEqual([delivered, filtered, deadLettered], [accepted * 0.8, accepted * 0.1, accepted * 0.1]);
}

test('nothing is lost when the engine is killed several times amid 20,000 messages', async () => {
  assertComplete(await torture('engine-killed', 20_000, 4));
});

test('nothing is lost when the server is killed several times amid 20,000 messages', async () => {
  assertComplete(await torture('server-killed', 20_000, 4));
});

test('order per key holds when the engine is killed', async () => {
  const accounts = await torture('ordered-killed', 5_000, 2);
  assertComplete(accounts);
  assert.equal(accounts.outOfOrder, 0);
});

test('replacing workers under load loses nothing and delivers nothing twice', async () => {
  const accounts = await torture('rolling-restart', 10_000, 1);
  assertComplete(accounts);
  assert.equal(accounts.duplicates, 0);
});

test('a message is stored when the webhook answers 202, even if the engine is killed at once', async () => {
  assert.equal((await torture('killed-after-answer', 5, 5)).delivered, 5);
});

test('a sink that fails, resets, answers by half or not at all gets everything in the end', async () => {
  assertComplete(await torture('sink-failing', 3_000, 4));
});

test('a sink that is down for longer than the tries last costs no message', async () => {
  assertComplete(await torture('sink-down', 3_000, 1));
});

test('a full stream makes the webhook refuse, and drops nothing', async () => {
  assertComplete(await torture('stream-full', 3_000, 0));
});

test('nothing is lost when the network between engine and server is cut and healed', async () => {
  assertComplete(await torture('network-cut', 3_000, 1));
});

test('nothing is lost when each of three servers is killed in its turn', async () => {
  assertComplete(await torture('leader-killed', 3_000, 3));
});

test('ids sent again after a restart are not executed again', async () => {
  const accounts = await torture('sent-again', 2_000, 1);
  assertComplete(accounts);
  assert.equal(accounts.duplicates, 0);
});

test('trying dead letters again runs exactly those that were chosen', async () => {
  assertComplete(await torture('dead-retried', 500, 0));
});
