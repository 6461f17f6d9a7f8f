// Signatures over request bodies: HMAC in a header of choice, and Standard Webhooks. Used to sign what goes out and to verify what comes in.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { PermanentError } from '../errors.ts';

/** How a system signs with an HMAC in a header of its own (GitHub: `X-Hub-Signature-256: sha256=<hex>`). */
export interface HmacScheme {
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** Before the signature in the header. */
  readonly prefix: string;
}

/** A secret as key; made once, used per message. Throws PermanentError for an empty one, which would let everybody sign. */
export function hmacKey(secret: string | Uint8Array): KeyObject {
  if (secret.length === 0) throw new PermanentError('the secret to sign with is empty');
  return typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret);
}

/** The raw HMAC of a body. */
export function hmacDigest(scheme: HmacScheme, key: KeyObject, body: Uint8Array): Buffer {
  return createHmac(scheme.algorithm, key).update(body).digest();
}

/** The value of the signature header. */
export function hmacSignature(scheme: HmacScheme, key: KeyObject, body: Uint8Array): string {
  return scheme.prefix + hmacDigest(scheme, key, body).toString(scheme.encoding);
}

/**
 * The key in a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64. Throws PermanentError (which does not repeat it) for
 * anything else. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooksKey(secret: string): KeyObject {
  const encoded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  const key = Buffer.from(encoded, 'base64');
  const canonical = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  if (!canonical || key.length < 16 || key.length > 75) {
    throw new PermanentError('a Standard Webhooks secret is `whsec_` followed by 24 to 64 bytes in base64');
  }
  return createSecretKey(key);
}

/** The raw signature of a message: HMAC-SHA256 over `id.timestamp.body`. */
export function standardWebhooksDigest(
  key: KeyObject,
  id: string,
  timestamp: string,
  body: Uint8Array,
): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
