// The behaviour every consumer must have: nothing is acknowledged before it is stored, nothing refused is lost.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Connector, Delivery, JsonValue } from '../contract.ts';
import { busy, type ConsumerRun, runConsumer } from './consumer-run.ts';
import type { ConsumerFixture, ConsumerSource } from './fixture.ts';
import { eventually, settle } from './patience.ts';
import { watchResources } from './resources.ts';
import { assertSecretLogs } from './secrecy.ts';

const texts = ['"one"', '"two"', '"three"'] as const;

/** Registers the tests of a connector's consumer. */
export async function consumerConformance<C, P, L = never>(
  connector: Connector<C, P, L>,
  fixture: ConsumerFixture<C>,
): Promise<void> {
  const traits = await traitsOf(fixture);

  /** A source and a consumer on it; afterwards both are closed, nothing is left open and no secret was logged. */
  async function running(
    play: (run: ConsumerRun, source: ConsumerSource<C>) => Promise<void>,
  ): Promise<void> {
    const assertClosed = watchResources();
    const source = await fixture.start();
    const run = runConsumer(connector, source.config);
    try {
      await play(run, source);
    } finally {
      await run.stop();
      await source.close();
    }
    assertSecretLogs(fixture.secrets, run.context);
    await assertClosed();
  }

  const textOf = (delivery: Delivery): string => Buffer.from(delivery.payload.bytes()).toString();

  describe('consumer', () => {
    before(() => assert.ok(connector.consumer, 'the fixture has a consumer side, the connector has none'));

    test('hands over what the source offers', () =>
      running(async (run, source) => {
        await source.offer(texts[0]);
        const delivery = await run.next();
        if (!traits.ownText) assert.equal(textOf(delivery), texts[0]);
        await delivery.ack();
      }));

    test(
      'tells the source nothing before the message is stored',
      { skip: traits.silent && 'the source never learns' },
      () =>
        running(async (run, source) => {
          await source.offer(texts[0]);
          const delivery = await run.next();
          await settle();
          assert.deepEqual(await source.accepted?.(), []);
          await delivery.ack();
          await eventually(
            'the source learns of the acceptance',
            async () => (await source.accepted?.())?.length === 1,
          );
        }),
    );

    test(
      'a message that was not stored is offered again',
      { skip: traits.afterNack !== 'offers-again' && traits.afterNack },
      () =>
        running(async (run, source) => {
          await source.offer(texts[0]);
          const first = await run.next();
          await first.nack(busy);
          const again = await run.next();
          assert.equal(textOf(again), textOf(first));
          assert.deepEqual((await source.accepted?.()) ?? [], []);
          await again.ack();
        }),
    );

    test(
      'a source that must send again is told so',
      { skip: traits.afterNack !== 'is-told' && traits.afterNack },
      () =>
        running(async (run, source) => {
          await source.offer(texts[0]);
          await (await run.next()).nack(busy);
          await eventually(
            'the source learns of the refusal',
            async () => (await source.refused?.())?.length === 1,
          );
          assert.deepEqual(await source.accepted?.(), []);
        }),
    );

    test('goes on behind every cursor', { skip: !traits.resumes && 'has no cursor' }, () =>
      resumesEverywhere(connector, fixture),
    );

    test(
      'goes on when the source was killed and came back',
      { skip: !traits.mortal && 'cannot be killed' },
      () =>
        running(async (run, source) => {
          await source.offer(texts[0]);
          await (await run.next()).ack();
          await source.kill?.();
          await source.revive?.();
          await source.offer(texts[1]);
          await (await run.next()).ack();
        }),
    );

    test('stops at once while it waits for messages', () => running(async () => settle()));

    test('stops while a message is being stored', () =>
      running(async (run, source) => {
        await source.offer(texts[0]);
        const delivery = await run.next();
        const stopped = run.stop();
        await delivery.ack();
        await stopped;
      }));
  });
}

interface Traits {
  readonly ownText: boolean;
  readonly silent: boolean;
  readonly resumes: boolean;
  readonly mortal: boolean;
  readonly afterNack: ConsumerSource<unknown>['afterNack'];
}

/** A source of its own is started once only to learn which tests apply. */
async function traitsOf<C>(fixture: ConsumerFixture<C>): Promise<Traits> {
  const source = await fixture.start();
  const traits = {
    ownText: source.ownText === true,
    silent: source.accepted === undefined,
    resumes: source.resumes === true,
    mortal: source.kill !== undefined,
    afterNack: source.afterNack,
  };
  await source.close();
  return traits;
}

/** Takes three messages one after the other, then starts again with each of their cursors. */
async function resumesEverywhere<C, P, L = never>(
  connector: Connector<C, P, L>,
  fixture: ConsumerFixture<C>,
): Promise<void> {
  const source = await fixture.start();
  after(() => source.close());
  for (const text of texts) await source.offer(text);
  const first = await takeAll(connector, source, undefined, texts.length);
  assert.ok(
    first.cursors.every((cursor) => cursor !== undefined),
    'every delivery has a cursor',
  );
  for (const [index, cursor] of first.cursors.entries()) {
    const rest = await takeAll(connector, source, cursor, texts.length - index - 1);
    assert.deepEqual(rest.seen, first.seen.slice(index + 1), `after message ${index + 1}`);
  }
}

interface Taken {
  readonly seen: readonly string[];
  readonly cursors: readonly (JsonValue | undefined)[];
}

/** Takes and acknowledges so many messages; fails when there is one more. */
async function takeAll<C, P, L = never>(
  connector: Connector<C, P, L>,
  source: ConsumerSource<C>,
  cursor: JsonValue | undefined,
  count: number,
): Promise<Taken> {
  const run = runConsumer(connector, source.config, { cursor });
  const seen: string[] = [];
  const cursors: (JsonValue | undefined)[] = [];
  try {
    while (seen.length < count) {
      const delivery = await run.next();
      await delivery.ack();
      seen.push(Buffer.from(delivery.payload.bytes()).toString());
      cursors.push(delivery.cursor);
    }
    await settle();
    assert.equal(run.offered, false, 'nothing already acknowledged is offered again');
  } finally {
    await run.stop();
  }
  return { seen, cursors };
}
