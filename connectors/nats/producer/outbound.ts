// What is published for a message: headers, and an id by which JetStream knows a repetition.
import { hash } from 'node:crypto';
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';
import type { NatsProducerConfig } from '../config.gen.ts';

export interface Outbound {
  readonly subject: string;
  readonly data: Uint8Array;
  /** A whole block. */
  readonly headers: string;
}

type Part = readonly [name: string, render: (message: Message) => string | Promise<string>];

/** Makes the headers of a message. Throws PermanentError for a value that no header can hold. */
export type RenderHeaders = (message: Message, subject: string) => string | Promise<string>;

export function compileHeaders(
  config: Pick<NatsProducerConfig, 'headers' | 'jetstream'>,
  context: Pick<ConnectorContext, 'template' | 'flow' | 'name'>,
): RenderHeaders {
  const parts: readonly Part[] = Object.entries(config.headers ?? {}).map(([name, source]) => {
    const template = context.template(source);
    return [name, (message) => template.render(message)];
  });
  const place = `${context.flow}/${context.name}`;
  const messageId = identify(place);
  let last = { contentType: '', line: '' };
  const own = (message: Message, subject: string) => {
    const { contentType } = message.payload;
    if (contentType !== last.contentType) last = { contentType, line: header('Content-Type', contentType) };
    // Every part of an id is encoded.
    return config.jetstream === true
      ? `${last.line}Nats-Msg-Id: ${messageId(message, subject)}\r\n`
      : last.line;
  };
  if (parts.length === 0) return (message, subject) => block(own(message, subject));
  return async (message, subject) => {
    let text = own(message, subject);
    for (const [name, render] of parts) text += header(name, await render(message));
    return block(text);
  };
}

/**
 * The same for a retry. A stream forgets repetitions whoever sends them, so flow, producer, subject and content are in it: one message
 * may reach a stream in several ways.
 */
function identify(place: string): (message: Message, subject: string) => string {
  let last = { subject: '', digest: '' };
  return ({ id, payload }, subject) => {
    if (subject !== last.subject) last = { subject, digest: hash('sha1', subject, 'base64url') };
    const content = hash('sha1', payload.bytes(), 'base64url');
    return `${place}/${encodeURIComponent(id)}/${last.digest}/${content}`;
  };
}

function header(name: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return `${name}: ${value.trim()}\r\n`;
  throw new PermanentError(`headers.${name}: a line break cannot stand in a header`);
}

function block(lines: string): string {
  return `NATS/1.0\r\n${lines}\r\n`;
}
