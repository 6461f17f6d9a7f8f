// Starts an HTTP consumer from its configuration and stops it gracefully.
import { readTlsFiles } from '../../../engine/connector/http/index.ts';
import {
  type ConnectorContext,
  type ConsumerContext,
  type Delivery,
  durationSetting,
  integerSetting,
  sizeSetting,
} from '../../../engine/connector/index.ts';
import type { HttpConsumerConfig } from '../config.ts';
import { compileHeaderChoice } from './chosen-headers.ts';
import { compileTypeList } from './content-types.ts';
import { type ListenerOptions, type Registration, register } from './listener.ts';
import { compileVerifier } from './verify.ts';
import { Webhook, type WebhookOptions } from './webhook.ts';

const defaults = {
  host: '127.0.0.1',
  port: 8080,
  methods: ['POST'],
  maxSize: '1MiB',
  requestTimeout: '30s',
  maxInFlight: 1000,
} as const;
/** Bodies in memory at most, unless single ones may be larger. */
const inFlightBytes = 64 * 1024 * 1024;
/** How long answers may take once the flow stops. */
const graceMs = 5000;

/** Deliveries until the context's signal aborts. Nothing listens before the first is asked for. */
export function consume(config: HttpConsumerConfig, context: ConsumerContext): AsyncIterable<Delivery> {
  return {
    [Symbol.asyncIterator]() {
      const holder = `${context.origin}/${context.name}`;
      const webhook = new Webhook({ ...webhookOptions(config, context), holder }, stop);
      const registered = register(listenerOptions(config, context), webhook);
      let stopped: Promise<void> | undefined;
      function stop(): Promise<void> {
        stopped ??= stopAll(webhook, registered);
        return stopped;
      }
      registered.then(
        (registration) => {
          announce(config, context, registration);
          context.listening();
        },
        (error: unknown) => webhook.deliveries.fail(error),
      );
      context.signal.addEventListener('abort', () => void stop(), { once: true });
      if (context.signal.aborted) void stop();
      return webhook.deliveries;
    },
  };
}

/** Callers that come from now on are turned away; those who were let in get their answer before the deliveries end. */
async function stopAll(webhook: Webhook, registered: Promise<Registration>): Promise<void> {
  const answered = webhook.stop(graceMs);
  const registration = await registered.catch(() => undefined);
  await Promise.all([registration?.release(graceMs), answered]);
  webhook.deliveries.end();
}

function announce(config: HttpConsumerConfig, context: ConsumerContext, { origin }: Registration): void {
  context.log('info', `listening on ${origin}${config.path}`, { url: `${origin}${config.path}` });
  const local = /^(?:localhost|127\.|::1$)/.test(config.host ?? defaults.host);
  if (!local && config.auth === undefined) {
    context.log('warn', 'anybody who reaches this address may hand in messages: set `auth`');
  }
}

/** Throws PermanentError for settings that cannot work. */
export function listenerOptions(config: HttpConsumerConfig, context: ConnectorContext): ListenerOptions {
  const tls =
    config.tls === undefined
      ? undefined
      : { ...readTlsFiles(config.tls, context.resolvePath), requestCert: config.tls.ca !== undefined };
  return {
    host: config.host ?? defaults.host,
    port: integerSetting('port', config.port ?? defaults.port, 0, 65_535),
    tls,
    requestTimeoutMs: durationSetting('requestTimeout', config.requestTimeout ?? defaults.requestTimeout),
  };
}

/** Throws PermanentError for settings that cannot work. */
export function webhookOptions(config: HttpConsumerConfig, context: ConnectorContext): WebhookOptions {
  const verifier = compileVerifier(config.auth);
  const maxBytes = sizeSetting('maxSize', config.maxSize ?? defaults.maxSize);
  return {
    path: config.path,
    methods: config.methods ?? defaults.methods,
    owner: `${context.flow}/${context.name}`,
    maxBytes,
    maxInFlight: config.maxInFlight ?? defaults.maxInFlight,
    maxInFlightBytes: Math.max(inFlightBytes, 2 * maxBytes),
    acceptsType: compileTypeList(config.contentTypes),
    chooseHeaders: compileHeaderChoice(config.headers, verifier?.proofHeaders),
    idHeader: (config.id ?? verifier?.idHeader ?? 'idempotency-key').toLowerCase(),
    verifier,
    debug: (message) => context.log('debug', message),
  };
}
