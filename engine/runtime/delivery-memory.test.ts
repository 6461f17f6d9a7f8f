import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryMemory } from './delivery-memory.ts';
import { inboundMessage } from './fake-broker.ts';
import type { Inbound } from './ports.ts';
import { SettledMemory } from './settled-memory.ts';

function inbound(
  streamSequence: number,
  storedAtMs = 1_700_000_000_000,
): { readonly message: Inbound; readonly log: string[] } {
  const log: string[] = [];
  const message: Inbound = {
    ...inboundMessage('{}').message,
    streamSequence,
    storedAtMs,
    ack: () => void log.push('ack'),
    forget: () => void log.push('forget'),
  };
  return { message, log };
}

test('a message handed out again while in hand takes the place of its former self', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  const [before, again] = [inbound(7), inbound(7)];
  const holding = { inbound: before.message };
  assert.equal(memory.isKnown(before.message), false);
  memory.hold(holding);
  assert.equal(memory.isKnown(again.message), true);
  assert.deepEqual([before.log, again.log], [['forget'], []]);
  assert.equal(holding.inbound, again.message);
});

test('a message handed out again after it was settled is acknowledged and not processed', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  const [before, again] = [inbound(7), inbound(7)];
  const holding = { inbound: before.message };
  memory.hold(holding);
  memory.settle(holding);
  assert.equal(memory.isKnown(again.message), true);
  assert.deepEqual(again.log, ['ack']);
});

test('a message that was given back is new again', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  const holding = { inbound: inbound(7).message };
  memory.hold(holding);
  memory.release(holding);
  assert.equal(memory.isKnown(inbound(7).message), false);
});

test('what a former owner finished is only acknowledged', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  memory.recall([
    [3, 1_700_000_000_000],
    [4, 1_700_000_000_000],
  ]);
  const { message, log } = inbound(4);
  assert.equal(memory.isKnown(message), true);
  assert.deepEqual(log, ['ack']);
});

test('a stream that was made anew and counts from 1 again brings new messages', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  const [settled, waiting] = [{ inbound: inbound(1).message }, { inbound: inbound(2).message }];
  for (const holding of [settled, waiting]) memory.hold(holding);
  memory.settle(settled);
  for (const sequence of [1, 2]) {
    const { message, log } = inbound(sequence, 1_700_000_000_001);
    assert.equal(memory.isKnown(message), false);
    assert.deepEqual(log, []);
  }
});

test('what was settled is known while more than a stage can have in hand is settled after it', () => {
  const memory = new DeliveryMemory(new SettledMemory());
  for (let sequence = 1; sequence <= 50_000; sequence++) {
    memory.settle({ inbound: inbound(sequence).message });
    if (sequence <= 10_000 || sequence % 1000 !== 0) continue;
    const again = inbound(sequence - 10_000);
    assert.equal(memory.isKnown(again.message), true);
    assert.deepEqual(again.log, ['ack']);
  }
});

test('stages of a worker share the room, and do not take each other for themselves', () => {
  const settled = new SettledMemory();
  const [one, other] = [new DeliveryMemory(settled), new DeliveryMemory(settled)];
  one.settle({ inbound: inbound(7).message });
  assert.equal(other.isKnown(inbound(7).message), false);
  assert.equal(one.isKnown(inbound(7).message), true);
  for (let sequence = 1; sequence <= 100_000; sequence++)
    other.settle({ inbound: inbound(sequence).message });
  assert.equal(one.isKnown(inbound(7).message), false);
});
