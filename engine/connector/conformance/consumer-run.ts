// A consumer running as under the engine: one delivery at a time, stopped on demand, leaving nothing behind.
import type { Connector, Delivery, JsonValue, NackCause } from '../contract.ts';
import { within } from './patience.ts';
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.ts';

export const busy: NackCause = { kind: 'busy', message: 'the stream is full', retryAfterMs: 10 };

export interface ConsumerRun {
  readonly context: TestContext;
  /** The next delivery; fails when none comes. */
  next(): Promise<Delivery>;
  /** Whether a delivery is there already. */
  readonly offered: boolean;
  /** Stops as the engine does; resolves when the iterable has ended. */
  stop(): Promise<void>;
}

/** Starts a consumer and asks for its first delivery. */
export function runConsumer<C, P, L = never>(
  connector: Connector<C, P, L>,
  config: C,
  options: TestContextOptions & { readonly cursor?: JsonValue | undefined } = {},
): ConsumerRun {
  if (connector.consumer === undefined) throw new Error(`${connector.id} has no consumer`);
  const context = createTestContext(options);
  const deliveries = connector.consumer(config, context)[Symbol.asyncIterator]();
  let offered = false;
  let pending = ask();

  function ask(): Promise<IteratorResult<Delivery>> {
    offered = false;
    const asked = deliveries.next();
    asked.then(
      (result) => {
        offered = result.done !== true;
      },
      () => undefined,
    );
    return asked;
  }

  return {
    context,
    get offered() {
      return offered;
    },
    async next() {
      const result = await within(pending, 'a delivery');
      if (result.done === true) throw new Error('the consumer ended');
      pending = ask();
      return result.value;
    },
    async stop() {
      context.stop();
      await within(drain(pending, deliveries), 'the consumer ends after the abort');
    },
  };
}

/** What was offered and not taken is refused, as the engine does when it stops. */
async function drain(
  pending: Promise<IteratorResult<Delivery>>,
  deliveries: AsyncIterator<Delivery>,
): Promise<void> {
  let result = await pending;
  while (result.done !== true) {
    await result.value.nack(busy);
    result = await deliveries.next();
  }
}
