// What a connector's tests import: the conformance suite and the pieces to write further tests with.

export { connectorConformance } from './conformance/conformance.ts';
export { busy, type ConsumerRun, runConsumer } from './conformance/consumer-run.ts';
export type {
  ConnectorFixture,
  ConsumerFixture,
  ConsumerSource,
  ProducerFixture,
  ProducerSink,
} from './conformance/fixture.ts';
export { testJsonMessage, testMessage } from './conformance/message.ts';
export { eventually, patienceMs, settle, within } from './conformance/patience.ts';
export { watchResources } from './conformance/resources.ts';
export { assertSecret, assertSecretLogs } from './conformance/secrecy.ts';
export { createTestContext, type LogLine, type TestContext } from './conformance/test-context.ts';
