// The header block of a NATS message, written and read without the client's header objects.
import type { Msg, MsgHdrs } from '@nats-io/nats-core';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { HeaderPairs } from '../runtime/ports.ts';

const unsafe = /[\r\n]/;

/**
 * Encodes pairs as `NATS/1.0` header block. The client's publish only ever calls `encode()` on its headers option, so an object
 * with that one method spares its header maps (header-block.test.ts guards this). Throws VRS8105 on CR or LF: it would forge headers.
 */
export function encodedHeaders(pairs: HeaderPairs): MsgHdrs {
  let text = 'NATS/1.0\r\n';
  for (const [name, value] of pairs) {
    if (unsafe.test(name) || unsafe.test(value)) {
      throw new VrskyError('VRS8105', `header ${JSON.stringify(name)} holds a line break`);
    }
    text += `${name}: ${value}\r\n`;
  }
  const block = Buffer.from(`${text}\r\n`);
  return { encode: () => block } as unknown as MsgHdrs;
}

/** What the client keeps of a message as it came over the wire (header-block.test.ts guards this). */
interface Received {
  readonly _msg: { readonly hdr: number };
  readonly _rdata: Uint8Array;
}

/** Reads the header block of a message in one pass; the client's own header object costs ten times as much. */
export function decodedHeaders(message: Msg): HeaderPairs {
  const { _msg, _rdata } = message as unknown as Received;
  if (_msg.hdr <= 0) return [];
  const text = Buffer.from(_rdata.buffer, _rdata.byteOffset, _msg.hdr).toString();
  const pairs: (readonly [string, string])[] = [];
  let start = text.indexOf('\r\n') + 2;
  for (let end = text.indexOf('\r\n', start); end > start; end = text.indexOf('\r\n', start)) {
    const colon = text.indexOf(':', start);
    if (colon > -1 && colon < end) pairs.push([text.slice(start, colon), text.slice(colon + 1, end).trim()]);
    start = end + 2;
  }
  return pairs;
}
