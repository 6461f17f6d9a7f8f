// The HTTP producer: one request per message, one honest outcome per request.
import { authRedactor, compileAuth, HttpClient, requestLine } from '../../../engine/connector/http/index.ts';
import {
  type ConnectorContext,
  durationSetting,
  type Message,
  NotConnectedError,
  PermanentError,
  type Producer,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import type { HttpProducerConfig } from '../config.ts';
import { judgeAnswer, type OutcomeRules } from './outcome.ts';
import { asciiId, compileHeaders } from './request-headers.ts';
import { compileTarget, rendered } from './target.ts';

const defaults = { method: 'POST', timeout: '30s', maxConcurrency: 16, redirects: 0 } as const;
/** Of the answer's body: enough for an error message. */
const keepBytes = 4096;
const noBody = Buffer.alloc(0);

/** Throws PermanentError for settings that cannot work. */
export function createProducer(config: HttpProducerConfig, context: ConnectorContext): Producer {
  const send = compileSend(config, context);
  const client = createClient(config, context);
  return {
    maxConcurrency: config.maxConcurrency ?? defaults.maxConcurrency,
    streams: canStream(config),
    write: (batch, signal) => Promise.all(batch.map((message) => send(client, message, signal))),
    close: () => client.close(),
  };
}

export function createClient(config: HttpProducerConfig, context: ConnectorContext): HttpClient {
  return new HttpClient({
    timeoutMs: durationSetting('timeout', config.timeout ?? defaults.timeout),
    keepBytes,
    overflow: 'truncate',
    connections: config.maxConcurrency ?? defaults.maxConcurrency,
    redirects: config.redirects ?? defaults.redirects,
    allowPrivate: config.allowPrivate ?? false,
    ...(config.tls === undefined ? {} : { tls: config.tls }),
    resolvePath: context.resolvePath,
  });
}

type Send = (client: HttpClient, message: Message, signal: AbortSignal) => Promise<WriteOutcome>;

function compileSend(config: HttpProducerConfig, context: ConnectorContext): Send {
  const method = config.method ?? defaults.method;
  const target = compileTarget(config, context);
  const headersOf = compileHeaders(config, context);
  const bodyOf = compileBody(config, context);
  const authenticate = compileAuth(config.auth);
  const streams = canStream(config);
  const rules: OutcomeRules = {
    success: new Set(config.success),
    retry: new Set(config.retry),
    redact: authRedactor(config.auth),
  };
  return async (client, message, signal) => {
    try {
      const { url, trustedHost } = await target.render(message);
      const headers = await headersOf(message);
      const body = streams ? await message.payload.outgoing(signal) : await bodyOf(message);
      if (body === undefined) delete headers['content-type'];
      authenticate(headers, {
        id: asciiId(message.id),
        body: body instanceof Uint8Array ? body : noBody,
        nowMs: Date.now(),
      });
      const answer = await client.request({ method, url, headers, body, trustedHost }, signal);
      return judgeAnswer(answer, requestLine({ method, url }), rules);
    } catch (error) {
      return failure(error);
    }
  };
}

/** Whether the payload goes out as it is, and nothing has to be known of the whole before: a signature, a template for the body. */
function canStream({ method = defaults.method, body, auth }: HttpProducerConfig): boolean {
  const isSigned = auth?.type === 'hmac' || auth?.type === 'standard-webhooks';
  return body === undefined && !isSigned && method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
}

/** The payload, or what the author made of it. GET and HEAD have none, DELETE only when the author asks for it. */
export function compileBody(
  config: HttpProducerConfig,
  context: ConnectorContext,
): (message: Message) => Promise<Uint8Array | undefined> {
  const { body: source, method = defaults.method } = config;
  if (source !== undefined) {
    const template = context.template(source);
    return async (message) => Buffer.from(await rendered('body', () => template.render(message)));
  }
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') return async () => undefined;
  return async (message) => message.payload.bytes();
}

function failure(error: unknown): WriteOutcome {
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  if (error instanceof RetryableError || error instanceof NotConnectedError) return { kind: 'retry', error };
  // What is left is the message's own: content that cannot be encoded, for example.
  return { kind: 'rejected', error: error instanceof Error ? error : new Error(String(error)) };
}
