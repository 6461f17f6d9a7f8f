// The consumer of objects: looks through a prefix again and again and offers what is new, in the order of keys.

import type { BucketObject, ObjectBucket } from '../../payload/stores/object-bucket.ts';
import { ObjectFailure } from '../../payload/stores/object-bucket.ts';
import type { ConsumerContext, Delivery } from '../contract.ts';
import { inOrder } from './in-order.ts';
import { type ObjectConsumerConfig, parsePollSettings } from './object-config.ts';
import { ObjectInbox } from './object-inbox.ts';
import { prepareObject } from './prepare-object.ts';

/** Objects looked at at once: each costs a request, and the store is far away. */
const lookAhead = 16;
const trouble = { initialMs: 1000, maxMs: 60_000 };

/** Deliveries until the context's signal aborts. A store that does not answer is waited for. Throws PermanentError for bad settings. */
export async function* consumeObjects(
  bucket: ObjectBucket,
  config: ObjectConsumerConfig,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const settings = parsePollSettings(config);
  const inbox = new ObjectInbox(bucket, settings, context);
  try {
    for (let failures = 0; !context.signal.aborted; ) {
      try {
        yield* look(inbox, bucket, context.signal);
        failures = 0;
        await inbox.rest(settings.everyMs);
      } catch (error) {
        if (context.signal.aborted) return;
        if (failures++ === 0) context.log('warn', `waiting: ${(error as Error).message}`);
        await inbox.rest(Math.min(trouble.maxMs, trouble.initialMs * 2 ** (failures - 1), settings.everyMs));
      }
    }
  } finally {
    await inbox.settled();
    bucket.close();
  }
}

async function* look(
  inbox: ObjectInbox,
  bucket: ObjectBucket,
  signal: AbortSignal,
): AsyncGenerator<Delivery, void, undefined> {
  const prepare = (object: BucketObject) =>
    prepareObject(bucket, object, inbox.settings, signal).catch((error: unknown) => {
      // It went, or was replaced, since it was listed: the next look will see.
      if (error instanceof ObjectFailure && (error.kind === 'gone' || error.kind === 'changed'))
        return undefined;
      throw error;
    });
  for await (const [object, prepared] of inOrder(wanted(inbox, bucket, signal), lookAhead, prepare)) {
    if (signal.aborted) return;
    if (prepared === undefined) continue;
    yield inbox.offer(object, prepared);
    if (!(await inbox.mayGoOn(object, prepared))) return;
  }
}

async function* wanted(
  inbox: ObjectInbox,
  bucket: ObjectBucket,
  signal: AbortSignal,
): AsyncGenerator<BucketObject, void, undefined> {
  for await (const object of bucket.list(inbox.settings.prefix, signal, inbox.marker)) {
    if (signal.aborted) return;
    await inbox.finishOverdue(object);
    if (!inbox.wants(object)) continue;
    await inbox.room();
    yield object;
  }
}
