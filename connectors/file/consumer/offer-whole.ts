// Offers a whole file as one message.
import { type Delivery, Payload } from '../../../engine/connector/index.ts';
import { contentTypeOf } from './content-type.ts';
import { fileHeaders } from './file-headers.ts';
import { deliveryId, type FoundFile } from './found-file.ts';
import type { Inbox } from './inbox.ts';
import { readWhole } from './open-file.ts';

/** The file's delivery, unless it is too large or cannot be read now. */
export async function offerWhole(file: FoundFile, inbox: Inbox): Promise<Delivery | undefined> {
  const { maxSize } = inbox.settings;
  if (file.size > maxSize) {
    inbox.leave(file, `has ${file.size} bytes, more than maxSize (${maxSize})`);
    return undefined;
  }
  const handle = await inbox.open(file);
  if (handle === undefined) return undefined;
  try {
    const bytes = await readWhole(handle, file);
    return bytes === undefined ? undefined : wholeDelivery(file, bytes, inbox);
  } catch (error) {
    inbox.trouble(file, `cannot be read: ${(error as Error).message}`);
    return undefined;
  } finally {
    await handle.close();
  }
}

function wholeDelivery(file: FoundFile, bytes: Uint8Array, inbox: Inbox): Delivery {
  const { ledger, settings } = inbox;
  const keep = settings.finish.after === 'keep';
  inbox.hold(file, bytes.byteLength);
  if (keep) ledger.take(file.fingerprint);
  return {
    payload: Payload.ofBytes(bytes, settings.contentType ?? contentTypeOf(file.name)),
    headers: fileHeaders(file),
    key: file.name,
    id: deliveryId(file),
    ...(keep ? { cursor: ledger.cursor() } : {}),
    ack: async () => {
      await inbox.finish(file);
      inbox.release(file, bytes.byteLength);
    },
    nack: ({ kind, message, retryAfterMs }) => {
      if (kind === 'refused') inbox.leave(file, `can never be stored: ${message}`);
      else inbox.holdBack(file, retryAfterMs);
      if (keep && kind === 'busy') ledger.forget(file.fingerprint);
      inbox.release(file, bytes.byteLength);
    },
  };
}
