// Flows from a git repository: fetched into a bare mirror, history and signatures checked, manifests read from the commit.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { decodeSource } from '../../manifest/decode-source.ts';
import { GitMirror, type Tip } from '../git/mirror.ts';
import type { GitAuth } from '../git/remote.ts';
import { KeptSamples, treeReader } from '../git/samples.ts';
import { normalFolder, readTree } from '../git/tree.ts';
import { prepareKeyring, readTrust } from '../trust/keyring.ts';
import type { Signer, TrustPolicy } from '../trust/trust-policy.ts';
import { verifySource } from '../trust/verify-source.ts';
import type { Origin, Revision, Snapshot } from './origin.ts';

export interface GitOriginSettings {
  readonly url: string;
  readonly ref: string;
  /** The folder of the repository that holds the flows. */
  readonly path: string;
  readonly auth: GitAuth;
  readonly timeoutMs: number;
  readonly maxRepositoryBytes: number;
  readonly allowForcePush: boolean;
  readonly verify?: TrustPolicy;
  /** Holds mirrors, one folder for each address. */
  readonly dataDirectory: string;
}

export function gitOrigin(settings: GitOriginSettings): Origin {
  return new GitOrigin(settings);
}

class GitOrigin implements Origin {
  readonly #settings: GitOriginSettings;
  readonly #mirror: GitMirror;
  readonly #folder: string;
  readonly #samples = new KeptSamples();
  #tip: Tip | undefined;
  /** What was verified, under which trust: not asked again, so that a key that expires later takes nothing back. */
  #verified: { readonly key: string; readonly signers: readonly Signer[] } | undefined;

  constructor(settings: GitOriginSettings) {
    this.#settings = settings;
    const name = createHash('sha256').update(`${settings.url}\n${settings.ref}`).digest('hex').slice(0, 24);
    this.#folder = path.resolve(settings.dataDirectory, name);
    normalFolder(settings.path);
    this.#mirror = new GitMirror({ ...settings, directory: path.join(this.#folder, 'mirror.git') });
  }

  async fetch(accepted: string | undefined, signal: AbortSignal): Promise<Revision> {
    const tip = await this.#mirror.fetch(signal);
    if (accepted !== undefined && accepted !== tip.commit)
      await this.#requireDescent(accepted, tip.commit, signal);
    this.#tip = tip;
    return { id: tip.commit, label: `${this.#settings.ref}@${tip.commit.slice(0, 12)}` };
  }

  async #requireDescent(accepted: string, commit: string, signal: AbortSignal): Promise<void> {
    if (this.#settings.allowForcePush || (await this.#mirror.isAncestor(accepted, commit, signal))) return;
    const { ref } = this.#settings;
    const message = `${ref} was rewritten: ${commit.slice(0, 12)} does not descend from ${accepted.slice(0, 12)}, which was accepted before`;
    throw new VrskyError('VRS7006', message, {
      help: 'Push what was there before and revert with a new commit (`git revert`); or allow it: `allowForcePush: true`, --allow-force-push.',
    });
  }

  async verify(revision: Revision, accepted: string | undefined, signal: AbortSignal) {
    const { verify } = this.#settings;
    const tip = this.#tip;
    if (verify === undefined || tip === undefined) return undefined;
    const trust = readTrust(verify);
    const key = `${trust.digest} ${tip.tag?.id ?? ''} ${revision.id}`;
    if (this.#verified?.key === key) return this.#verified.signers;
    const keyring = await prepareKeyring(trust, path.join(this.#folder, 'trust'), signal);
    const signers = await verifySource(this.#mirror, tip, accepted, verify, keyring, signal);
    this.#verified = { key, signers };
    return signers;
  }

  async read(revision: Revision, signal: AbortSignal): Promise<Snapshot> {
    const tree = await readTree(this.#mirror, revision.id, this.#settings.path, signal);
    const decoded = tree.manifests.map(({ file, bytes }) => decodeSource(file, bytes));
    return {
      sources: decoded.flatMap(({ value }) => value ?? []),
      diagnostics: decoded.flatMap(({ diagnostics }): readonly Diagnostic[] => diagnostics),
      readFile: treeReader(path.join(this.#folder, 'mirror.git'), revision.id, tree, this.#samples),
    };
  }
}
