// Asks the API once: conditional, authenticated, bounded; answers the content or that nothing changed.
import {
  acceptedEncodings,
  compileAuth,
  decodeContentEncoding,
  type ExchangeAnswer,
  HttpClient,
  parseRetryAfter,
  requestLine,
} from '../../engine/connector/http/index.ts';
import {
  type ConnectorContext,
  durationSetting,
  Payload,
  PermanentError,
  RetryableError,
  sizeSetting,
} from '../../engine/connector/index.ts';
import type { HttpPollConfig } from './config.ts';

export interface Validators {
  readonly etag: string | undefined;
  readonly modified: string | undefined;
}

export type Fetched =
  | { readonly kind: 'unchanged' }
  | ({ readonly kind: 'content'; readonly payload: Payload } & Validators);

/** One API. Rejects with one of the three connector errors. */
export interface Source {
  fetch(known: Validators, signal: AbortSignal): Promise<Fetched>;
  close(): Promise<void>;
}

const nothing = Buffer.alloc(0);

/** Throws PermanentError for settings that cannot work. */
export function openSource(config: HttpPollConfig, context: Pick<ConnectorContext, 'resolvePath'>): Source {
  const maxBytes = sizeSetting('maxSize', config.maxSize ?? '16MiB');
  const method = config.method ?? 'GET';
  const url = sourceUrl(config.url);
  const body = config.body === undefined || method === 'GET' ? undefined : Buffer.from(config.body);
  const authenticate = compileAuth(config.auth);
  const client = new HttpClient({
    timeoutMs: durationSetting('timeout', config.timeout ?? '30s'),
    keepBytes: maxBytes,
    overflow: 'fail',
    connections: 1,
    redirects: config.redirects ?? 5,
    allowPrivate: config.allowPrivate ?? false,
    ...(config.tls === undefined ? {} : { tls: config.tls }),
    resolvePath: context.resolvePath,
  });
  return {
    async fetch(known, signal) {
      const headers = {
        ...requestHeaders(config, body !== undefined),
        ...(config.emit === 'all' ? {} : conditions(known)),
      };
      authenticate(headers, { id: `poll-${Date.now()}`, body: body ?? nothing, nowMs: Date.now() });
      const answer = await client.request({ method, url, headers, body, trustedHost: true }, signal);
      if (answer.status === 304) return { kind: 'unchanged' };
      assertSuccess(answer, requestLine({ method, url }));
      return contentOf(answer, maxBytes);
    },
    close: () => client.close(),
  };
}

function sourceUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PermanentError('url: not a URL that begins with http:// or https://');
  if (url.username !== '' || url.password !== '')
    throw new PermanentError('url: user and password belong into `auth: { type: basic }`');
  return url;
}

function requestHeaders(config: HttpPollConfig, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'vrsky',
    accept: 'application/json, */*;q=0.5',
    'accept-encoding': acceptedEncodings,
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
  };
  for (const [name, value] of Object.entries(config.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

/** RFC 9110 section 13.1. */
function conditions({ etag, modified }: Validators): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(modified === undefined ? {} : { 'if-modified-since': modified }),
  };
}

function assertSuccess(answer: ExchangeAnswer, line: string): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const message = `${line} answered ${status}`;
  if (status < 500 && ![408, 425, 429].includes(status)) throw new PermanentError(message);
  const afterMs = parseRetryAfter(answer.headers['retry-after']);
  throw new RetryableError(message, afterMs === undefined ? {} : { afterMs });
}

async function contentOf(answer: ExchangeAnswer, maxBytes: number): Promise<Fetched> {
  const decoded = await decodeContentEncoding(answer.headers['content-encoding'], answer.body, maxBytes);
  switch (decoded.kind) {
    case 'too-large':
      throw new PermanentError(`the answer is larger than ${maxBytes} bytes once decompressed`);
    case 'malformed':
      throw new RetryableError(`the answer cannot be decompressed: ${decoded.message}`);
    case 'decoded':
      return {
        kind: 'content',
        payload: Payload.ofBytes(decoded.body, answer.headers['content-type'] ?? 'application/json'),
        etag: answer.headers.etag,
        modified: answer.headers['last-modified'],
      };
  }
}
