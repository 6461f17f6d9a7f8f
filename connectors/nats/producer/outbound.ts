// What is published for a message: headers, and an id by which JetStream knows a repetition.
import { hash } from 'node:crypto';
import { headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';
import type { NatsProducerConfig } from '../config.gen.ts';

type Part = readonly [name: string, render: (message: Message) => string | Promise<string>];

/** Makes the headers of a message. Throws PermanentError for a value that no header can hold. */
export type RenderHeaders = (message: Message, subject: string) => Promise<MsgHdrs>;

export function compileHeaders(
  config: Pick<NatsProducerConfig, 'headers' | 'jetstream'>,
  context: Pick<ConnectorContext, 'template' | 'flow' | 'name'>,
): RenderHeaders {
  const parts: readonly Part[] = Object.entries(config.headers ?? {}).map(([name, source]) => {
    const template = context.template(source);
    return [name, (message) => template.render(message)];
  });
  const place = `${context.flow}/${context.name}`;
  return async (message, subject) => {
    const headers = createHeaders();
    headers.set('Content-Type', message.payload.contentType);
    if (config.jetstream === true) headers.set('Nats-Msg-Id', messageId(message, subject, place));
    for (const [name, render] of parts) headers.set(name, assertValue(name, await render(message)));
    return headers;
  };
}

/**
 * The same for a retry. A stream forgets repetitions whoever sends them, so flow, producer, subject and content are in it: one message
 * may reach a stream in several ways.
 */
function messageId({ id, payload }: Message, subject: string, place: string): string {
  const content = hash('sha1', payload.bytes(), 'base64url');
  return `${place}/${encodeURIComponent(id)}/${hash('sha1', `${subject} ${content}`, 'base64url')}`;
}

function assertValue(name: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return value;
  throw new PermanentError(`headers.${name}: a line break cannot stand in a header`);
}
