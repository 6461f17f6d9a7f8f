// Offers a whole file as one message.
import { type Delivery, Payload } from '../../../engine/connector/index.ts';
import { contentTypeOf } from './content-type.ts';
import { fileHeaders } from './file-headers.ts';
import { deliveryId, type FoundFile } from './found-file.ts';
import type { Inbox } from './inbox.ts';
import { readWhole, streamFound } from './open-file.ts';

/** Larger files are not held in memory. */
const streamedFrom = 256 * 1024;

/** The file's delivery, unless it is too large or cannot be read now. */
export async function offerWhole(file: FoundFile, inbox: Inbox): Promise<Delivery | undefined> {
  const { maxSize } = inbox.settings;
  if (file.size > maxSize) {
    inbox.leave(file, `has ${file.size} bytes, more than maxSize (${maxSize})`);
    return undefined;
  }
  if (file.size > streamedFrom) return streamedDelivery(file, inbox);
  const handle = await inbox.open(file);
  if (handle === undefined) return undefined;
  try {
    const bytes = await readWhole(handle, file);
    const payload = bytes === undefined ? undefined : Payload.ofBytes(bytes, contentType(file, inbox));
    return payload === undefined ? undefined : wholeDelivery(file, payload, file.size, inbox);
  } catch (error) {
    inbox.trouble(file, `cannot be read: ${(error as Error).message}`);
    return undefined;
  } finally {
    await handle.close();
  }
}

/** The engine reads it when its turn comes, and as often as it has to. */
function streamedDelivery(file: FoundFile, inbox: Inbox): Delivery {
  const { directory } = inbox.settings.scan;
  const open = (signal: AbortSignal) => streamFound(directory, file, signal);
  const payload = Payload.ofContent({ size: file.size, open }, contentType(file, inbox));
  return wholeDelivery(file, payload, streamedFrom, inbox);
}

function contentType(file: FoundFile, { settings }: Inbox): string {
  return settings.contentType ?? contentTypeOf(file.name);
}

/** `held`: the bytes it keeps in memory until it is settled. */
function wholeDelivery(file: FoundFile, payload: Payload, held: number, inbox: Inbox): Delivery {
  const { ledger, settings } = inbox;
  const keep = settings.finish.after === 'keep';
  inbox.hold(file, held);
  if (keep) ledger.take(file.fingerprint);
  return {
    payload,
    headers: fileHeaders(file),
    key: file.name,
    id: deliveryId(file),
    ...(keep ? { cursor: ledger.cursor() } : {}),
    ack: async () => {
      await inbox.finish(file);
      inbox.release(file, held);
    },
    nack: ({ kind, message, retryAfterMs }) => {
      if (kind === 'refused') inbox.leave(file, `can never be stored: ${message}`);
      else inbox.holdBack(file, retryAfterMs);
      if (keep && kind === 'busy') ledger.forget(file.fingerprint);
      inbox.release(file, held);
    },
  };
}
