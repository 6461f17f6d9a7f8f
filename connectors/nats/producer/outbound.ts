// What is published for a message: headers, and an id by which JetStream knows a repetition.
import { hash } from 'node:crypto';
import { type Message, PermanentError, type ProducerContext } from '../../../engine/connector/index.ts';
import type { NatsProducerConfig } from '../config.gen.ts';

export interface Outbound {
  readonly subject: string;
  readonly data: Uint8Array;
  /** A whole block. */
  readonly headers: string;
}

/** 72 bits. */
const digestLength = 12;

type Part = readonly [name: string, render: (message: Message) => string | Promise<string>];

/** Makes the headers of a message. Throws PermanentError for a value that no header can hold. */
export type RenderHeaders = (message: Message, subject: string) => string | Promise<string>;

export function compileHeaders(
  config: Pick<NatsProducerConfig, 'headers' | 'jetstream'>,
  context: Pick<ProducerContext, 'template' | 'deliveryId' | 'flow' | 'name'>,
): RenderHeaders {
  const parts: readonly Part[] = Object.entries(config.headers ?? {}).map(([name, source]) => {
    const template = context.template(source);
    return [name, (message) => template.render(message)];
  });
  const messageId = identify(context);
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
 * The same for a retry. A stream forgets repetitions whoever sends them, so flow and producer are in it; the moment of acceptance, because a
 * source may give an id again to what it sends later; and the subject, because a changed flow may send a retry elsewhere.
 */
function identify({
  flow,
  name,
  deliveryId,
}: Pick<ProducerContext, 'deliveryId' | 'flow' | 'name'>): (message: Message, subject: string) => string {
  // Most messages go to the same subject, and many were accepted in the same moment.
  let where = { subject: '', digest: '' };
  let when = { acceptedAt: 0, text: '' };
  return (message, subject) => {
    const { acceptedAt } = message;
    if (subject !== where.subject)
      where = { subject, digest: hash('sha1', subject, 'base64url').slice(0, digestLength) };
    if (acceptedAt !== when.acceptedAt) when = { acceptedAt, text: acceptedAt.toString(36) };
    return `${flow}/${name}/${encodeURIComponent(deliveryId(message))}/${when.text}/${where.digest}`;
  };
}

function header(name: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return `${name}: ${value.trim()}\r\n`;
  throw new PermanentError(`headers.${name}: a line break cannot stand in a header`);
}

function block(lines: string): string {
  return `NATS/1.0\r\n${lines}\r\n`;
}
