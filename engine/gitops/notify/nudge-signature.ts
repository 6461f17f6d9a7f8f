// Whether a call of a webhook comes from who knows the secret: GitHub, GitLab and a plain HMAC.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The proof a call brings, as what its body has to be. GitHub: `X-Hub-Signature-256`, others: `X-Signature-256` (`sha256=` and the
 * HMAC-SHA256 of the raw body in hexadecimal). GitLab: `X-Gitlab-Token`, the secret itself.
 */
export function isGenuine(headers: Headers, secret: string, bodyDigest: Uint8Array): boolean {
  if (secret === '') return false;
  const token = single(headers['x-gitlab-token']);
  if (token !== undefined) return isEqual(Buffer.from(token), Buffer.from(secret));
  const signature = single(headers['x-hub-signature-256']) ?? single(headers['x-signature-256']);
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '')?.[1];
  return hex !== undefined && isEqual(Buffer.from(hex, 'hex'), bodyDigest);
}

/** Takes the raw body in parts: nobody's webhook is held in memory. */
export function bodyHmac(secret: string) {
  return createHmac('sha256', secret);
}

/** In a time that tells nothing, whatever the lengths. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
