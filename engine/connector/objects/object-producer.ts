// The producer of objects: one object per message, large payloads written as they are read.

import type { Message } from '../../payload/message.ts';
import type { ObjectBucket, WriteOptions } from '../../payload/stores/object-bucket.ts';
import { ObjectFailure } from '../../payload/stores/object-bucket.ts';
import type { ConnectorContext, Producer, WriteOutcome } from '../contract.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../errors.ts';
import { connectorFailure } from './connector-failure.ts';
import { concurrencyOf, type ObjectProducerConfig } from './object-config.ts';
import { compileKey } from './written-key.ts';

const delivered: WriteOutcome = { kind: 'delivered' };

/** Throws PermanentError for templates that cannot work. */
export function createObjectProducer(
  bucket: ObjectBucket,
  config: ObjectProducerConfig,
  context: ConnectorContext,
): Producer {
  const keyOf = compileKey(config.key, context);
  const optionsOf = compileOptions(config, context);
  const write = async (message: Message, signal: AbortSignal): Promise<WriteOutcome> => {
    try {
      const key = await keyOf(message);
      const options = await optionsOf(message);
      const content = message.payload.content?.open(signal) ?? message.payload.bytes();
      await bucket.write(key, content, options, signal);
      return delivered;
    } catch (error) {
      return failed(error, signal);
    }
  };
  return {
    maxConcurrency: concurrencyOf(config),
    streams: true,
    write: (batch, signal) => Promise.all(batch.map((message) => write(message, signal))),
    close: async () => bucket.close(),
  };
}

function compileOptions(
  { contentType, metadata }: ObjectProducerConfig,
  context: ConnectorContext,
): (message: Message) => Promise<WriteOptions> {
  const typeTemplate = contentType === undefined ? undefined : context.template(contentType);
  const templates = Object.entries(metadata ?? {}).map(
    ([name, source]) => [name, context.template(source)] as const,
  );
  return async (message) => {
    const values = templates.map(async ([name, template]) => [name, ascii(await template.render(message))]);
    return {
      contentType: (await typeTemplate?.render(message)) ?? message.payload.contentType,
      ...(templates.length === 0 ? {} : { metadata: Object.fromEntries(await Promise.all(values)) }),
    };
  };
}

/** Metadata travels in headers. */
function ascii(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}

function failed(thrown: unknown, signal: AbortSignal): WriteOutcome {
  const error = connectorFailure(thrown);
  if (error instanceof RetryableError || error instanceof NotConnectedError) return { kind: 'retry', error };
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  if (signal.aborted || isOurs(error)) return { kind: 'retry', error };
  // What is left is the message's own: a key or content that cannot be made of it.
  return { kind: 'rejected', error: new PermanentError(error.message, { cause: error }) };
}

/** What went wrong while the payload was read is the engine's to judge. */
function isOurs(error: Error): boolean {
  return (
    String((error as { readonly code?: unknown }).code).startsWith('VRS85') || error instanceof ObjectFailure
  );
}
