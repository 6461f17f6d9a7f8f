// Short runs of the torture cases: every accepted message is accounted for outside the engine. `npm run torture` is the long form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from './accounts.ts';
import { cases } from './cases/index.ts';
import { seededRandom } from './random.ts';

const seed = Number(process.env.TORTURE_SEED ?? 1);

/** What they promise beside is measured in time, and other tests run beside these. */
const timed = new Set(['server-killed', 'leader-killed', 'poison']);

async function torture(name: string, messages: number, hurts: number): Promise<Report> {
  const ended = await cases[name]?.run({ extent: { messages, hurts }, random: seededRandom(seed) });
  assert.ok(ended, `no case ${name}`);
  assert.deepEqual(ended.lost, []);
  assert.equal(ended.executedTwice, 0);
  if (!timed.has(name)) assert.deepEqual(ended.broken, []);
  return ended;
}

/** Of every ten messages one is filtered, one is poison, the rest is delivered. */
function assertComplete({ accepted, delivered, filtered, deadLettered }: Report): void {
  assert.deepEqual([delivered, filtered, deadLettered], [accepted * 0.8, accepted * 0.1, accepted * 0.1]);
}

test('nothing is lost when the engine is killed under load', async () => {
  assertComplete(await torture('engine-killed', 3_000, 2));
});

test('nothing is lost when the server is killed under load', async () => {
  assertComplete(await torture('server-killed', 3_000, 3));
});

test('order per key holds when the engine is killed', async () => {
  const ended = await torture('ordered-killed', 2_000, 1);
  assertComplete(ended);
  assert.equal(ended.outOfOrder, 0);
});

test('groups hold every message once when engine and server are killed', async () => {
  const ended = await torture('aggregate-killed', 1_000, 3);
  assert.equal(ended.delivered, 1_000);
});

test('replacing workers under load loses nothing', async () => {
  assertComplete(await torture('rolling-restart', 2_000, 1));
});

test('engines that leave and join under load lose nothing', async () => {
  assertComplete(await torture('engines-come-and-go', 2_000, 2));
});

test('an engine whose sink is silent ends when it is told to, and loses nothing', async () => {
  assertComplete(await torture('stuck-stopped', 1_000, 1));
});

test('a message is stored when the webhook answers 202, even if the engine is killed at once', async () => {
  assert.equal((await torture('killed-after-answer', 3, 3)).delivered, 3);
});

test('a sink that fails, resets, answers by half or not at all gets everything in the end', async () => {
  assertComplete(await torture('sink-failing', 1_000, 4));
});

test('a sink that is away for longer than the tries last costs no message', async () => {
  assertComplete(await torture('sink-down', 1_000, 1));
});

test('a full stream makes the webhook refuse, and drops nothing', async () => {
  assertComplete(await torture('stream-full', 1_500, 0));
});

test('nothing is lost when the network between engine and server is cut and healed', async () => {
  assertComplete(await torture('network-cut', 1_000, 1));
});

test('nothing is lost when of three servers the leader is killed', async () => {
  assertComplete(await torture('leader-killed', 1_000, 1));
});

test('revisions that are applied under load lose nothing, repeat nothing and leave nothing behind', async () => {
  await torture('revisions', 0, 8);
});

test('poison dies with its cause', async () => {
  const { deadLettered, lost } = await torture('poison', 600, 0);
  assert.deepEqual([deadLettered, lost], [6, []]);
});

test('ids sent again after a restart are not executed again', async () => {
  assertComplete(await torture('sent-again', 1_000, 1));
});

test('trying dead letters again runs exactly those that were chosen', async () => {
  assert.equal((await torture('dead-retried', 100, 0)).delivered, 80);
});
