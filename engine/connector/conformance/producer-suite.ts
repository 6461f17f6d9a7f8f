// The behaviour every producer must have: one honest outcome per message, whatever the sink does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Connector, Producer, WriteOutcome } from '../contract.ts';
import { PermanentError } from '../errors.ts';
import type { ProducerFixture, ProducerSink } from './fixture.ts';
import { testMessage } from './message.ts';
import { eventually, settle, within } from './patience.ts';
import { watchResources } from './resources.ts';
import { assertSecret, assertSecretLogs } from './secrecy.ts';
import { createTestContext } from './test-context.ts';

type Write = (...texts: readonly string[]) => Promise<readonly WriteOutcome[]>;

interface Scene<P> {
  readonly sink: ProducerSink<P>;
  /** Writes messages with these texts, in batches as large as the producer takes. */
  readonly write: Write;
  readonly producer: Producer;
  readonly stop: AbortController;
}

/** Registers the tests of a connector's producer. */
export async function producerConformance<C, P, L = never>(
  connector: Connector<C, P, L>,
  fixture: ProducerFixture<P>,
): Promise<void> {
  const traits = await traitsOf(fixture);

  /** A sink and a producer on it; afterwards both are closed, nothing is left open and no secret was given away. */
  async function running(play: (scene: Scene<P>) => Promise<void>, config?: P): Promise<void> {
    const assertClosed = watchResources();
    const sink = await fixture.start();
    const context = createTestContext();
    const said: unknown[] = [];
    const stop = new AbortController();
    if (connector.producer === undefined) throw new Error(`${connector.id} has no producer`);
    const producer = await connector.producer(config ?? sink.config, context);
    try {
      const write: Write = async (...texts) => {
        const outcomes = await writeAll(producer, texts, stop.signal);
        said.push(...outcomes);
        return outcomes;
      };
      await play({ sink, write, producer, stop });
    } finally {
      context.stop();
      await within(producer.close(), 'the producer closes');
      await sink.close();
    }
    assertSecret(fixture.secrets, ...said);
    assertSecretLogs(fixture.secrets, context);
    await assertClosed();
  }

  describe('producer', () => {
    before(() => assert.ok(connector.producer, 'the fixture has a producer side, the connector has none'));

    test('delivers what it says it delivered', () =>
      running(async ({ sink, write }) => {
        assert.deepEqual(kinds(await write('one', 'two', 'three')), ['delivered', 'delivered', 'delivered']);
        assert.deepEqual(await sink.received(), ['one', 'two', 'three']);
      }));

    test(
      'names exactly the messages that the sink refuses',
      { skip: !traits.rejects && 'the sink refuses nothing' },
      () =>
        running(async ({ sink, write }) => {
          sink.reject?.('bad');
          assert.deepEqual(kinds(await write('one', 'bad', 'three')), ['delivered', 'rejected', 'delivered']);
          assert.deepEqual(await sink.received(), ['one', 'three']);
        }),
    );

    test(
      'a sink that nobody answers at is worth another try',
      { skip: fixture.unreachable === undefined && 'always reachable' },
      () =>
        running(async ({ write }) => {
          assert.deepEqual(kinds(await write('one')), ['retry']);
        }, fixture.unreachable),
    );

    test(
      'goes on when the sink was killed and came back',
      { skip: !traits.mortal && 'cannot be killed' },
      () =>
        running(async ({ sink, write }) => {
          assert.deepEqual(kinds(await write('one')), ['delivered']);
          await sink.kill?.();
          assert.deepEqual(kinds(await write('two')), ['retry']);
          await sink.revive?.();
          await eventually('delivers again', async () => kinds(await write('two'))[0] === 'delivered');
          assert.ok((await sink.received()).includes('two'));
        }),
    );

    test('stops in time while the sink does not answer', { skip: !traits.stalls && 'cannot stall' }, () =>
      running(async ({ sink, write, stop }) => {
        sink.stall?.();
        const outcomes = write('one');
        await settle();
        stop.abort();
        assert.deepEqual(kinds(await within(outcomes, 'the write ends after the abort')), ['retry']);
      }),
    );

    test('closes without having written', () => running(async () => undefined));
  });
}

async function traitsOf<P>(
  fixture: ProducerFixture<P>,
): Promise<Record<'rejects' | 'mortal' | 'stalls', boolean>> {
  const sink = await fixture.start();
  const traits = {
    rejects: sink.reject !== undefined,
    mortal: sink.kill !== undefined,
    stalls: sink.stall !== undefined,
  };
  await sink.close();
  return traits;
}

async function writeAll(
  producer: Producer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  const size = producer.maxBatch ?? 1;
  for (let start = 0; start < texts.length; start += size) {
    outcomes.push(...(await writeBatch(producer, texts.slice(start, start + size), signal)));
  }
  return outcomes;
}

/** One outcome per message, also when `write` throws: as the engine reads it. */
async function writeBatch(
  producer: Producer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  try {
    const outcomes = await within(
      producer.write(
        texts.map((text) => testMessage(text)),
        signal,
      ),
      'the write ends',
      60_000,
    );
    assert.equal(outcomes.length, texts.length, 'one outcome per message');
    return outcomes;
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return texts.map(() => ({ kind: error instanceof PermanentError ? 'rejected' : 'retry', error }));
  }
}

function kinds(outcomes: readonly WriteOutcome[]): readonly WriteOutcome['kind'][] {
  return outcomes.map((outcome) => outcome.kind);
}
