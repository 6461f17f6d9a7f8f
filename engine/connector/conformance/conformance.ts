// The conformance suite: gives a connector its behaviour tests in one call.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connector } from '../contract.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../errors.ts';
import { consumerConformance } from './consumer-suite.ts';
import type { ConnectorFixture, ConsumerFixture, ProducerFixture } from './fixture.ts';
import { producerConformance } from './producer-suite.ts';
import { schemaComplaints } from './schema-check.ts';
import { assertSecret, assertSecretLogs } from './secrecy.ts';
import { createTestContext } from './test-context.ts';

/**
 * Registers the tests with node:test: schema, `check`, and the behaviour of the consumer and the producer. Call it once at the top
 * level of `connector.test.ts` and add what is particular to the connector below.
 */
export function connectorConformance<C, P, L = never>(
  connector: Connector<C, P, L>,
  fixture: ConnectorFixture<C, P>,
): void {
  describe(`${connector.id} connector`, async () => {
    if (fixture.consumer !== undefined) {
      schemaConformance(connector, 'consumer', fixture.consumer);
      checkConformance(connector, 'consumer', fixture.consumer);
      await consumerConformance(connector, fixture.consumer);
    }
    if (fixture.producer !== undefined) {
      schemaConformance(connector, 'producer', fixture.producer);
      checkConformance(connector, 'producer', fixture.producer);
      await producerConformance(connector, fixture.producer);
    }
  });
}

type Role = 'consumer' | 'producer';
type Side = Pick<ConsumerFixture<unknown> | ProducerFixture<unknown>, 'accepts' | 'rejects'>;

function schemaConformance<C, P, L = never>(connector: Connector<C, P, L>, role: Role, side: Side): void {
  describe(`${role} schema`, () => {
    test('accepts what is right', () => {
      for (const entry of side.accepts)
        assert.deepEqual(schemaComplaints(connector, role, entry), [], JSON.stringify(entry));
    });
    for (const [wrong, entry] of Object.entries(side.rejects)) {
      test(`refuses ${wrong}`, () => {
        assert.notDeepEqual(schemaComplaints(connector, role, entry), []);
      });
    }
  });
}

function checkConformance<C, P, L = never>(
  connector: Connector<C, P, L>,
  role: Role,
  side: ConsumerFixture<C> | ProducerFixture<P>,
): void {
  if (connector.check === undefined) return;

  async function failure(config: C | P): Promise<unknown> {
    const context = createTestContext();
    try {
      await connector.check?.(role, config, context);
      return undefined;
    } catch (error) {
      assertSecret(side.secrets, error);
      return error;
    } finally {
      context.stop();
      assertSecretLogs(side.secrets, context);
    }
  }

  describe(`${role} check`, () => {
    test('is content with a peer that is there', async () => {
      const peer = await side.start();
      try {
        assert.equal(await failure(peer.config), undefined);
      } finally {
        await peer.close();
      }
    });

    test('calls a refused credential permanent', async (t) => {
      const peer = await side.start();
      try {
        if (peer.badCredential === undefined) return t.skip('has no credential');
        assert.ok((await failure(peer.badCredential)) instanceof PermanentError);
      } finally {
        await peer.close();
      }
    });

    test('calls a peer that is not there not connected', {
      skip: side.unreachable === undefined && 'is always there',
    }, async () => {
      const error = await failure(side.unreachable as C | P);
      assert.ok(error instanceof NotConnectedError || error instanceof RetryableError, String(error));
    });
  });
}
