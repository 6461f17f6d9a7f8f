// How a message travels in JetStream: the payload as data, everything else as headers.
import type { Message } from '../payload/message.ts';
import { contentPassed } from '../payload/passing-garbage.ts';
import { Payload } from '../payload/payload.ts';
import type { HeaderPairs, Inbound } from './ports.ts';

/** Header names of the platform's own. Written exactly so; compared case-sensitively. */
export const header = {
  id: 'Vrsky-Id',
  accepted: 'Vrsky-Accepted',
  key: 'Vrsky-Key',
  orderKey: 'Vrsky-Order',
  contentType: 'Content-Type',
  /** Where events about this message and its descendants are reported to; absent unless somebody waits. */
  trace: 'Vrsky-Trace',
  /** The token of the message this one was made of. */
  traceParent: 'Vrsky-Trace-Parent',
  /** Milliseconds since the epoch: the deadline counts from here instead of from acceptance. */
  retried: 'Vrsky-Retried',
  /** Present when the data is a payload reference: the id under which this message holds the object, percent-encoded. */
  reference: 'Vrsky-Reference',
} as const;

const noHeaders: Message['headers'] = {};
/** Data from here on takes V8 long to come to: little of it lies in V8's own heap. */
const outsideBytes = 16 * 1024;

const reserved = /^(?:vrsky|nats)-/i;
const lineBreak = /[\r\n\0]/;

/** Whether a header may come from outside and travel with a message. Everything of the platform's own is refused: it could be forged. */
export function isForwardable(name: string, value: string): boolean {
  return !reserved.test(name) && !lineBreak.test(value) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** The headers to store a message with. */
export function encodeHeaders(message: Message, extra: HeaderPairs = []): HeaderPairs {
  const pairs: [string, string][] = [
    [header.id, message.id],
    [header.accepted, String(message.acceptedAt)],
    [header.contentType, message.payload.contentType],
  ];
  if (message.key !== undefined) pairs.push([header.key, encodeKey(message.key)]);
  if (message.orderKey !== undefined) pairs.push([header.orderKey, encodeKey(message.orderKey)]);
  for (const name in message.headers) pairs.push([name, message.headers[name] as string]);
  return extra.length === 0 ? pairs : [...pairs, ...extra];
}

/** What marks a message as the holder of a payload's object. Set for nothing else: it never comes from outside. */
export function holderHeader(holder: string): HeaderPairs[number] {
  return [header.reference, encodeURIComponent(holder)];
}

/** The id under which a stored message holds its payload's object; undefined for those that carry their payload. */
export function holderOf(inbound: Pick<Inbound, 'header'>): string | undefined {
  const holder = inbound.header(header.reference);
  return holder === undefined ? undefined : decodeKey(holder);
}

/** The order key of a stored message. */
export function orderKeyOf(inbound: Pick<Inbound, 'header'>): string | undefined {
  const key = inbound.header(header.orderKey);
  return key === undefined ? undefined : decodeKey(key);
}

/** The message that a stored one stands for; of a reference, with the reference for a payload. */
export function decodeMessage(inbound: Inbound, flow: string): Message {
  let id: string | undefined;
  let acceptedAt = 0;
  let contentType: string | undefined;
  let key: string | undefined;
  let orderKey: string | undefined;
  let headers: Record<string, string> | undefined;
  inbound.eachHeader((name, value) => {
    switch (name) {
      case header.id:
        id = value;
        break;
      case header.accepted:
        acceptedAt = Number(value);
        break;
      case header.contentType:
        contentType = value;
        break;
      case header.key:
        key = decodeKey(value);
        break;
      case header.orderKey:
        orderKey = decodeKey(value);
        break;
      default:
        if (!reserved.test(name)) {
          headers ??= {};
          headers[name.toLowerCase()] = value;
        }
    }
  });
  if (inbound.data.byteLength >= outsideBytes) contentPassed(inbound.data.byteLength);
  return {
    id: id ?? `${flow}-${inbound.streamSequence}`,
    payload: Payload.ofBytes(inbound.data, contentType),
    headers: headers ?? noHeaders,
    key,
    orderKey,
    acceptedAt: acceptedAt || inbound.storedAtMs,
    flow,
    attempt: inbound.deliveries,
  };
}

/** JSON may hold half a surrogate pair, which has no encoding: it becomes U+FFFD. */
function encodeKey(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Keys and ids are arbitrary text and headers are not, so they travel percent-encoded. */
function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
