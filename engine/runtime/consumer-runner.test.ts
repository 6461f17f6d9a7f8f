import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConsumerRunnerParts, runConsumer } from './consumer-runner.ts';
import { FlowFailures } from './flow-failures.ts';

test('a consumer of which only one runs keeps the version before it, which has the lease, not waiting', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  let told = 0;
  const running = runConsumer({
    connector: { id: 'tick', schema: {}, capabilities: { singleton: true } },
    config: {},
    node: { name: 'tick' },
    context: { signal, log: () => undefined },
    failures: new FlowFailures(),
    broker: {
      // Somebody has it, and goes on having it.
      lease: () => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
    },
    listening: () => told++,
  } as unknown as ConsumerRunnerParts);
  assert.equal(told, 1);
  stop.abort();
  await running;
});
