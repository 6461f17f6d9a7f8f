// Decides whether a caller may hand in a message: tokens, passwords and signatures, compared in constant time.
import { hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type HmacScheme,
  hmacDigest,
  hmacKey,
  standardWebhooksDigest,
  standardWebhooksKey,
} from '../../../engine/connector/http/index.ts';
import { durationSetting, PermanentError } from '../../../engine/connector/index.ts';
import type { IncomingAuth } from '../config.ts';

/** Why a caller is refused, for the log; the caller is told nothing. Undefined: welcome. */
export type Refusal = string | undefined;

export interface Verifier {
  /** What can be decided before the body is read. */
  readonly beforeBody?: (headers: IncomingHttpHeaders, nowMs: number) => Refusal;
  /** What needs the body, as it was before compression. */
  readonly withBody?: (headers: IncomingHttpHeaders, body: Buffer) => Refusal;
  /** The scheme to name in `WWW-Authenticate`. */
  readonly challenge: string;
  /** Headers (lower case) that carry the proof and stay out of messages. */
  readonly proofHeaders: readonly string[];
  /** The header with the sender's id for the message, when the scheme has one. */
  readonly idHeader?: string;
}

/** Prepares an `auth`. Throws PermanentError for a secret that cannot work, such as an empty one, without repeating it. */
export function compileVerifier(auth: IncomingAuth | undefined): Verifier | undefined {
  if (auth === undefined) return undefined;
  switch (auth.type) {
    case 'bearer':
      return bearer(list(auth.token));
    case 'basic':
      return basic(auth.username, list(auth.password));
    case 'hmac':
      return hmac(auth);
    case 'standard-webhooks':
      return standardWebhooks(list(auth.secret), durationSetting('auth.tolerance', auth.tolerance ?? '5m'));
  }
}

function list(value: string | readonly string[]): readonly string[] {
  const values = typeof value === 'string' ? [value] : value;
  if (values.length === 0 || values.includes(''))
    throw new PermanentError('auth: a secret is empty, which would let everybody in');
  return values;
}

function bearer(tokens: readonly string[]): Verifier {
  const accepts = anyOf(tokens);
  return {
    challenge: 'Bearer',
    proofHeaders: [],
    beforeBody({ authorization }) {
      const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
      return accepts(token) ? undefined : 'no or wrong bearer token';
    },
  };
}

function basic(username: string, passwords: readonly string[]): Verifier {
  const accepts = anyOf(passwords.map((password) => `${username}:${password}`));
  return {
    challenge: 'Basic realm="vrsky", charset="UTF-8"',
    proofHeaders: [],
    beforeBody({ authorization }) {
      const encoded = /^Basic +(\S+) *$/i.exec(authorization ?? '')?.[1];
      const presented = encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
      return accepts(presented) ? undefined : 'no or wrong user name and password';
    },
  };
}

/** Compares digests, so that neither the content nor the length of the expected values shows in the time it takes. */
function anyOf(expected: readonly string[]): (presented: string | undefined) => boolean {
  const digests = expected.map(digest);
  return (presented) => {
    if (presented === undefined) return false;
    const given = digest(presented);
    let found = false;
    for (const wanted of digests) found = timingSafeEqual(wanted, given) || found;
    return found;
  };
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function hmac(auth: Extract<IncomingAuth, { type: 'hmac' }>): Verifier {
  const { algorithm = 'sha256', encoding = 'hex', prefix = '' } = auth;
  const scheme: HmacScheme = { algorithm, encoding, prefix };
  const keys = list(auth.secret).map((secret) => hmacKey(secret));
  const header = auth.header.toLowerCase();
  return {
    challenge: 'Signature',
    proofHeaders: [header],
    beforeBody(headers) {
      return signatureIn(headers) === undefined ? `no signature in ${header}` : undefined;
    },
    withBody(headers, body) {
      const given = Buffer.from(signatureIn(headers) ?? '', encoding);
      return matches(keys, given, (key) => hmacDigest(scheme, key, body))
        ? undefined
        : `wrong signature in ${header}`;
    },
  };

  function signatureIn(headers: IncomingHttpHeaders): string | undefined {
    const value = headers[header];
    return typeof value === 'string' && value.startsWith(prefix) ? value.slice(prefix.length) : undefined;
  }
}

function matches(keys: readonly KeyObject[], given: Buffer, sign: (key: KeyObject) => Buffer): boolean {
  let found = false;
  for (const key of keys) {
    const expected = sign(key);
    found = (expected.length === given.length && timingSafeEqual(expected, given)) || found;
  }
  return found;
}

function standardWebhooks(secrets: readonly string[], toleranceMs: number): Verifier {
  const keys = secrets.map(standardWebhooksKey);
  return {
    challenge: 'Signature',
    proofHeaders: ['webhook-signature'],
    idHeader: 'webhook-id',
    beforeBody(headers, nowMs) {
      const { id, timestamp, signatures } = proofIn(headers);
      if (id === '' || signatures === '') return 'no webhook-id or no webhook-signature';
      if (!/^\d{1,15}$/.test(timestamp)) return 'webhook-timestamp is not a number of seconds';
      const tooFar = Math.abs(nowMs - Number(timestamp) * 1000) > toleranceMs;
      return tooFar ? 'webhook-timestamp is too far from now' : undefined;
    },
    withBody(headers, body) {
      const { id, timestamp, signatures } = proofIn(headers);
      const expected = keys.map((key) => standardWebhooksDigest(key, id, timestamp, body));
      return anySignature(signatures, expected) ? undefined : 'no webhook-signature fits';
    },
  };
}

function proofIn(headers: IncomingHttpHeaders): Record<'id' | 'timestamp' | 'signatures', string> {
  return {
    id: String(headers['webhook-id'] ?? ''),
    timestamp: String(headers['webhook-timestamp'] ?? ''),
    signatures: String(headers['webhook-signature'] ?? ''),
  };
}

/** The header holds one or more signatures, separated by spaces; only `v1` ones count. */
function anySignature(header: string, expected: readonly Buffer[]): boolean {
  let found = false;
  for (const signature of header.split(' ')) {
    if (!signature.startsWith('v1,')) continue;
    const given = Buffer.from(signature.slice('v1,'.length), 'base64');
    for (const wanted of expected)
      found = (wanted.length === given.length && timingSafeEqual(wanted, given)) || found;
  }
  return found;
}
