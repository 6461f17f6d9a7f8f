// SHA-256 as the SDK's signer wants it. Its own hands Node.js the key as bytes each time, which Node.js makes a key object of at four times the cost
// of the rest; the signer has the same two keys all day.
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Data = string | ArrayBuffer | ArrayBufferView;

/** With a secret, its HMAC. */
export class SignerHash {
  readonly #key: KeyObject | undefined;
  #hash!: Hash | Hmac;

  constructor(secret?: Data) {
    this.#key = secret === undefined ? undefined : keyOf(secret);
    this.reset();
  }

  update(data: Data): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    // What is no HMAC may go on.
    const hash = 'copy' in this.#hash ? this.#hash.copy() : this.#hash;
    return Promise.resolve(hash.digest());
  }

  reset(): void {
    this.#hash = this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }
}

/** Signing keys, which the signer keeps for a day. */
const byIdentity = new WeakMap<object, KeyObject>();
/** The secret access key that was used last. */
let last: { readonly secret: string; readonly key: KeyObject } | undefined;

function keyOf(secret: Data): KeyObject {
  if (typeof secret === 'string') {
    if (last?.secret !== secret) last = { secret, key: createSecretKey(secret, 'utf8') };
    return last.key;
  }
  const known = byIdentity.get(secret);
  if (known !== undefined) return known;
  const key = createSecretKey(bytesOf(secret));
  byIdentity.set(secret, key);
  return key;
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
