// Whose signatures a source trusts, and on what they must be.

export interface TrustPolicy {
  /** `head`: the newest commit. `tag`: the annotated tag that the source follows. `every`: each commit since the last accepted one. */
  readonly of: 'head' | 'tag' | 'every';
  /** A file as `ssh-keygen -Y` takes it: principals, options, key. */
  readonly allowedSigners?: string;
  readonly openpgp?: {
    /** Public keys, armoured or not. */
    readonly keys: string;
    /** Of primary keys: 40 or 64 hexadecimal digits. Having a key is not trusting it. */
    readonly fingerprints: readonly string[];
  };
}

/** Who signed, as the trust settings call them. */
export interface Signer {
  readonly kind: 'ssh' | 'openpgp';
  readonly name: string;
  readonly key: string;
}
