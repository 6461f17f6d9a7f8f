// The port to where flows come from: a git repository, a folder, a prefix of a bucket.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ReadFile } from '../../flow/sample-files.ts';
import type { Source } from '../../manifest/source.ts';
import type { Signer } from '../trust/trust-policy.ts';

/** A state of the flows that has a name. */
export interface Revision {
  /** A commit's 40 digits, or `sha256:…` of what a folder or bucket held. */
  readonly id: string;
  /** For people: `main@1234567890ab`. */
  readonly label: string;
}

/** The manifests of one revision. */
export interface Snapshot {
  readonly sources: readonly Source[];
  /** Files that could not be read as text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Reads the samples that manifests name, as of that revision. */
  readonly readFile: ReadFile;
}

/** Every call may throw a VrskyError: retryable for what may pass, otherwise for what needs a new revision or another configuration. */
export interface Origin {
  /** Brings the newest revision here. `accepted` is the last one that was: history that leaves it out is refused (VRS7006). */
  fetch(accepted: string | undefined, signal: AbortSignal): Promise<Revision>;
  /** Who signed it; undefined when nobody asked. `accepted` as above. */
  verify(
    revision: Revision,
    accepted: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly Signer[] | undefined>;
  read(revision: Revision, signal: AbortSignal): Promise<Snapshot>;
}
