// The HTTP lookup: one question per message, the answer as a value.
import {
  authRedactor,
  compileAuth,
  type ExchangeAnswer,
  HttpClient,
  type HttpRequest,
  requestLine,
} from '../../../engine/connector/http/index.ts';
import {
  type ConnectorContext,
  durationSetting,
  type Lookup,
  type Message,
  PermanentError,
  sizeSetting,
} from '../../../engine/connector/index.ts';
import type { HttpLookupConfig, HttpProducerConfig } from '../config.ts';
import { judgeAnswer } from '../producer/outcome.ts';
import { compileBody } from '../producer/producer.ts';
import { compileHeaders } from '../producer/request-headers.ts';
import { compileTarget } from '../producer/target.ts';

/** Throws PermanentError for settings that cannot work. */
export function createLookup(config: HttpLookupConfig, context: ConnectorContext): Lookup {
  const asking = { method: 'GET', ...config, idempotencyHeader: false } as const;
  const requestOf = compileQuestion(asking, context);
  const authenticate = compileAuth(config.auth);
  const missing = new Set(config.missing ?? [404]);
  const rules = {
    success: new Set<number>(),
    retry: new Set(config.retry),
    redact: authRedactor(config.auth),
  };
  const client = createClient(config, context);
  return {
    key: async (message) => {
      const { method, url, headers, body } = await requestOf(message);
      return JSON.stringify([
        method,
        url,
        headers,
        body === undefined ? '' : Buffer.from(body).toString('base64'),
      ]);
    },
    find: async (message: Message, signal: AbortSignal) => {
      const request = await requestOf(message);
      const { headers, body } = request;
      authenticate(headers, { id: '', body: body ?? Buffer.alloc(0), nowMs: Date.now() });
      const answer = await client.request(request, signal);
      if (missing.has(answer.status)) return undefined;
      const outcome = judgeAnswer(answer, requestLine(request), rules);
      if (outcome.kind !== 'delivered') throw outcome.error;
      return answered(answer, requestLine(request));
    },
    close: () => client.close(),
  };
}

type Question = HttpRequest & {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | undefined;
};

/** The request for a message, without credentials yet. */
function compileQuestion(
  config: HttpProducerConfig & { readonly method: string },
  context: ConnectorContext,
): (message: Message) => Promise<Question> {
  const target = compileTarget(config, context);
  const headersOf = compileHeaders(config, context);
  const bodyOf = compileBody(config, context);
  return async (message) => {
    const { url, trustedHost } = await target.render(message);
    const body = await bodyOf(message);
    const headers = await headersOf(message);
    if (body === undefined) delete headers['content-type'];
    return { method: config.method, url, headers, body, trustedHost };
  };
}

function createClient(config: HttpLookupConfig, context: ConnectorContext): HttpClient {
  return new HttpClient({
    timeoutMs: durationSetting('timeout', config.timeout ?? '30s'),
    keepBytes: sizeSetting('maxSize', config.maxSize ?? '1MiB'),
    overflow: 'fail',
    connections: config.maxConcurrency ?? 16,
    redirects: config.redirects ?? 0,
    allowPrivate: config.allowPrivate ?? false,
    ...(config.tls === undefined ? {} : { tls: config.tls }),
    resolvePath: context.resolvePath,
  });
}

/** JSON as what it says, anything else as text; an empty answer is nothing. */
function answered({ body, headers }: ExchangeAnswer, line: string): unknown {
  const text = body.toString();
  if (text.trim() === '') return undefined;
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PermanentError(`${line} answered JSON that is none: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
