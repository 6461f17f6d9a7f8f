// The headers of a request: the author's templates, the content type, an idempotency key.
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';
import type { HttpProducerConfig } from '../config.ts';
import { rendered } from './target.ts';

/** Makes the headers (lower case) of one message's request. Throws PermanentError for a value that no header can hold. */
export type RenderHeaders = (message: Message) => Promise<Record<string, string>>;

type Settings = Pick<HttpProducerConfig, 'headers' | 'idempotencyHeader'>;
type Part = readonly [name: string, render: (message: Message) => string | Promise<string>];

/** The connection's own business; written by the HTTP client. */
const reserved: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'keep-alive',
  'te',
  'trailer',
]);

export function compileHeaders(
  settings: Settings,
  context: Pick<ConnectorContext, 'template'>,
): RenderHeaders {
  const idempotency = settings.idempotencyHeader ?? 'idempotency-key';
  const parts = Object.entries(settings.headers ?? {}).map(([name, text]) =>
    compilePart(name, text, context),
  );
  return async (message) => {
    const headers: Record<string, string> = {
      'user-agent': 'vrsky',
      'content-type': message.payload.contentType,
    };
    if (idempotency !== false) headers[idempotency.toLowerCase()] = asciiId(message.id);
    for (const [name, render] of parts) {
      headers[name] = assertValue(name, await rendered(`headers.${name}`, () => render(message)));
    }
    return headers;
  };
}

function compilePart(name: string, text: string, context: Pick<ConnectorContext, 'template'>): Part {
  const lower = name.toLowerCase();
  if (reserved.has(lower))
    throw new PermanentError(`headers.${name}: set by the connection itself, leave it out`);
  if (!text.includes('{{')) return [lower, () => text];
  const template = context.template(text);
  return [lower, (message) => template.render(message)];
}

/** RFC 9110 section 5.5: visible characters, spaces and tabs; bytes above as Latin-1. */
function assertValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new PermanentError(
    `headers.${name}: a line break, control character or character beyond Latin-1 cannot stand in a header`,
  );
}

/** Ids come from outside too, and must fit a header. */
export function asciiId(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id);
}
