import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThrottleDefinition } from '../../flow/graph.ts';
import { inboundMessage } from '../fake-broker.ts';
import { FakeClock } from '../fake-clock.ts';
import type { Inbound } from '../ports.ts';
import { delayGate, enterAll, type Gate, ThrottleGate } from './gate.ts';

const { signal } = new AbortController();
const storedAt = (storedAtMs: number): Inbound => ({ ...inboundMessage('{}').message, storedAtMs });

function throttled(throttle: ThrottleDefinition) {
  const clock = new FakeClock();
  const gate = new ThrottleGate(throttle, clock);
  const began = clock.now();
  const entered: number[] = [];
  const enter = (count: number) => {
    for (let n = 0; n < count; n++) {
      const pending = gate.enter(storedAt(0), signal);
      if (pending === undefined) entered.push(0);
      else void pending.then((yes) => yes && entered.push(Math.round(clock.now() - began)));
    }
  };
  return { clock, gate, entered, enter };
}

test('a delay counts from when the message was stored', async () => {
  const clock = new FakeClock();
  const gate = delayGate(1000, clock);
  assert.equal(gate.enter(storedAt(clock.now() - 1000), signal), undefined);
  const pending = gate.enter(storedAt(clock.now() - 400), signal);
  await clock.advance(599);
  assert.equal(await Promise.race([pending, 'waits']), 'waits');
  await clock.advance(1);
  assert.equal(await pending, true);
});

test('a delay is over in its time although the clock is an hour behind the server', async () => {
  const clock = new FakeClock();
  const gate = delayGate(1000, clock);
  const pending = gate.enter(storedAt(clock.now() + 3_600_000), signal);
  await clock.advance(1000);
  assert.equal(await pending, true);
});

test('a rate lets messages pass one after the other, evenly', async () => {
  const { clock, entered, enter } = throttled({ intervalMs: 100, burst: 1 });
  enter(4);
  await clock.advance(1000);
  assert.deepEqual(entered, [0, 100, 200, 300]);
});

test('a burst passes at once after a quiet time, and not more than that', async () => {
  const { clock, entered, enter } = throttled({ intervalMs: 100, burst: 3 });
  await clock.advance(10_000);
  enter(5);
  await clock.advance(1000);
  assert.deepEqual(entered, [0, 0, 0, 10_100, 10_200]);
});

test('a rate that becomes free between two looks at the clock leaves nobody behind', async () => {
  const clock = new FakeClock();
  // Every look takes a millisecond, as on a machine under load.
  let looks = 0;
  const slow = {
    now: () => clock.now(),
    steady: () => clock.steady() + looks++,
    wait: clock.wait.bind(clock),
  };
  for (let late = 0; late <= 12; late++) {
    const gate = new ThrottleGate({ intervalMs: 10, burst: 1 }, slow);
    gate.enter(storedAt(0), signal);
    gate.leave();
    looks += late;
    const pending = gate.enter(storedAt(0), signal);
    await clock.advance(100);
    assert.notEqual(await Promise.race([pending, 'waits']), 'waits', `${late} ms after the first`);
  }
});

test('a bound lets the next one pass when one is done', async () => {
  const { clock, gate, entered, enter } = throttled({ burst: 1, concurrency: 2 });
  enter(3);
  await clock.advance(1000);
  assert.equal(entered.length, 2);
  gate.leave();
  await clock.advance(0);
  assert.equal(entered.length, 3);
});

test('whoever waits when the stage stops does not pass', async () => {
  const clock = new FakeClock();
  const gate = new ThrottleGate({ intervalMs: 1000, burst: 1 }, clock);
  const stopping = new AbortController();
  gate.enter(storedAt(0), stopping.signal);
  const pending = gate.enter(storedAt(0), stopping.signal);
  stopping.abort();
  assert.equal(await pending, false);
});

test('several gates are left again when one of them is not passed', async () => {
  const log: string[] = [];
  const named = (name: string, answer: undefined | Promise<boolean>): Gate => ({
    enter: () => {
      log.push(`enter ${name}`);
      return answer;
    },
    leave: () => void log.push(`leave ${name}`),
  });
  const gates = [
    named('a', undefined),
    named('b', Promise.resolve(true)),
    named('c', Promise.resolve(false)),
  ];
  assert.equal(await enterAll(gates, storedAt(0), signal), false);
  assert.deepEqual(log, ['enter a', 'enter b', 'enter c', 'leave a', 'leave b']);
});
