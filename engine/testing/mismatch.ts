// One thing about which a test and its flow disagree.
import type { DocumentPath } from '../manifest/document.ts';
import type { Difference } from './differences.ts';

export interface Mismatch {
  /** Of what the test says, in its document. */
  readonly path: DocumentPath;
  readonly message: string;
  readonly differences: readonly Difference[];
}

export function mismatch(
  path: DocumentPath,
  message: string,
  differences: readonly Difference[] = [],
): Mismatch {
  return { path, message, differences };
}
