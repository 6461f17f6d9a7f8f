import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Room } from './room.ts';

test('who does not fit waits, first come, first served', async () => {
  const room = new Room(10);
  const order: string[] = [];
  const enter = async (name: string, amount: number) => {
    const leave = await room.enter(amount);
    order.push(name);
    return leave;
  };
  const first = await enter('a', 6);
  const second = enter('b', 6);
  const third = enter('c', 1);
  await nextTurn();
  assert.deepEqual(order, ['a'], 'the small one does not overtake');
  first();
  first();
  await Promise.all([second, third]);
  assert.deepEqual(order, ['a', 'b', 'c']);
});

test('what is larger than the room passes alone', async () => {
  const room = new Room(10);
  const leave = await room.enter(1000);
  let entered = false;
  const next = room.enter(1).then(() => {
    entered = true;
  });
  await nextTurn();
  assert.equal(entered, false);
  leave();
  await next;
});
