// The header block of a NATS message, written and read without the client's header objects.
import type { MsgHdrs } from '@nats-io/nats-core';
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
