// How outgoing requests authenticate: fixed credentials, or a signature over each body.
import { PermanentError } from '../errors.ts';
import {
  type HmacScheme,
  hmacKey,
  hmacSignature,
  standardWebhooksDigest,
  standardWebhooksKey,
} from './signature.ts';

/** The `auth` of an HTTP producer or poller. */
export type OutgoingAuth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | {
      readonly type: 'hmac';
      readonly header: string;
      readonly secret: string;
      readonly algorithm?: HmacScheme['algorithm'];
      readonly encoding?: HmacScheme['encoding'];
      readonly prefix?: string;
    }
  | { readonly type: 'standard-webhooks'; readonly secret: string };

/** What a signature may cover. */
export interface Signable {
  readonly id: string;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

/** Writes the headers (lower case) that authenticate a request. */
export type Authenticate = (headers: Record<string, string>, signable: Signable) => void;

/** Prepares an `auth` once. Throws PermanentError for a secret that cannot work, without repeating it. */
export function compileAuth(auth: OutgoingAuth | undefined): Authenticate {
  if (auth === undefined) return () => undefined;
  switch (auth.type) {
    case 'bearer':
      return fixed('authorization', `Bearer ${auth.token}`);
    case 'basic':
      return fixed('authorization', `Basic ${basicCredentials(auth.username, auth.password)}`);
    case 'header':
      return fixed(auth.name.toLowerCase(), auth.value);
    case 'hmac':
      return hmac(auth);
    case 'standard-webhooks':
      return standardWebhooks(auth.secret);
  }
}

/** RFC 7617: a colon would move the border between name and password. */
function basicCredentials(username: string, password: string): string {
  if (username.includes(':')) throw new PermanentError('auth.username: a user name cannot hold a colon');
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function fixed(name: string, value: string): Authenticate {
  if (/[\r\n\0]/.test(value))
    throw new PermanentError(`auth: the value for the header ${name} has a line break in it`);
  return (headers) => {
    headers[name] = value;
  };
}

function hmac(auth: Extract<OutgoingAuth, { type: 'hmac' }>): Authenticate {
  const { algorithm = 'sha256', encoding = 'hex', prefix = '' } = auth;
  const key = hmacKey(auth.secret);
  const name = auth.header.toLowerCase();
  return (headers, { body }) => {
    headers[name] = hmacSignature({ algorithm, encoding, prefix }, key, body);
  };
}

function standardWebhooks(secret: string): Authenticate {
  const key = standardWebhooksKey(secret);
  return (headers, { id, body, nowMs }) => {
    const timestamp = String(Math.floor(nowMs / 1000));
    headers['webhook-id'] = id;
    headers['webhook-timestamp'] = timestamp;
    headers['webhook-signature'] =
      `v1,${standardWebhooksDigest(key, id, timestamp, body).toString('base64')}`;
  };
}

/** Takes the credentials of an `auth` out of a text that somebody else wrote, such as an error page that repeats the request. */
export function authRedactor(auth: OutgoingAuth | undefined): (text: string) => string {
  const secrets = auth === undefined ? [] : secretsOf(auth).filter((secret) => secret.length > 3);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

function secretsOf(auth: OutgoingAuth): readonly string[] {
  switch (auth.type) {
    case 'bearer':
      return [auth.token];
    case 'basic':
      return [auth.password, basicCredentials(auth.username, auth.password)];
    case 'header':
      return [auth.value];
    case 'hmac':
    case 'standard-webhooks':
      return [auth.secret];
  }
}
