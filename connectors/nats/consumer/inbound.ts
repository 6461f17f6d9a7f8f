// What a NATS message is as a delivery: payload, headers, key.
import type { MsgHdrs } from '@nats-io/nats-core';
import { type Delivery, Payload } from '../../../engine/connector/index.ts';

interface Inbound {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs | undefined;
}

const defaultType = 'application/json';

/** The header `subject` tells where it came from; several values of a header are joined by commas. */
export function contentOf(
  { subject, data, headers }: Inbound,
  contentType: string | undefined,
): Pick<Delivery, 'payload' | 'headers' | 'key'> {
  const own: Record<string, string> = {};
  for (const [name, values] of headers ?? []) own[name.toLowerCase()] = values.join(', ');
  const payload = Payload.ofBytes(data, own['content-type'] ?? contentType ?? defaultType);
  return { payload, headers: { ...own, subject }, key: subject };
}
