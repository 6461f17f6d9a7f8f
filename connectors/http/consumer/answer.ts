// What callers are answered: a status, a small JSON body, and how to go on.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The statuses that the consumer gives, with the text in their body. */
const texts = {
  400: 'malformed request',
  401: 'unauthorized',
  404: 'not found',
  405: 'method not allowed',
  413: 'too large',
  415: 'unsupported media type',
  429: 'too many requests',
  503: 'not available',
} as const;

export type RefusalStatus = keyof typeof texts;

/** How much of a body that nobody wants is still read, so that its sender gets to see the answer, and for how long. */
const linger = { bytes: 4 * 1024 * 1024, ms: 1000 };

/** 202: the message is stored. `messageId` is the platform's own id for it. */
export function accept(response: ServerResponse, messageId: string | undefined, close: boolean): void {
  if (response.headersSent || response.destroyed) return;
  const body =
    messageId === undefined ? '{"accepted":true}' : `{"accepted":true,"id":${JSON.stringify(messageId)}}`;
  const headers: OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  if (close) headers.connection = 'close';
  response.writeHead(202, headers).end(body);
}

/** Any other answer. The connection is closed afterwards when the rest of the body is not worth reading. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: RefusalStatus,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const body = `{"error":"${texts[status]}"}`;
  const unread = !request.complete && !isSmall(request);
  // A caller that waits for `100 Continue` may or may not send its body now: the connection is of no more use.
  const undecided = !request.complete && request.headers.expect !== undefined;
  const all: OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'content-length': body.length,
    ...headers,
  };
  if (unread || undecided) all.connection = 'close';
  response.writeHead(status, all);
  if (unread && !undecided) endAfterRest(request, response, body);
  else response.end(body);
}

function isSmall(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return length === undefined
    ? request.headers['transfer-encoding'] === undefined
    : Number(length) <= 64 * 1024;
}

/** Closing with unread bytes would reset the connection and the sender would see that instead of the answer. */
function endAfterRest(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.write(body);
  let left = linger.bytes;
  const timer = setTimeout(end, linger.ms).unref();
  function end(): void {
    clearTimeout(timer);
    response.end();
    request.removeAllListeners('data');
    if (!request.complete) request.socket.destroySoon();
  }
  request.removeAllListeners('data').on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request
    .once('end', end)
    .once('close', () => clearTimeout(timer))
    .resume();
}
