// What a failed write means for the message.
import path from 'node:path';
import type { Failure } from './job.ts';

/** The message itself cannot be written there, ever. */
export class Refusal extends Error {}

/** What no retry mends. A full disk, missing permission or a vanished mount is mended by somebody, and the message waits. */
const permanentCodes: ReadonlySet<string> = new Set([
  'EISDIR',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'EILSEQ',
  'EFBIG',
]);

export function failureOf(thrown: unknown): Failure {
  const error = thrown as NodeJS.ErrnoException;
  // Not the disk: the path or the payload cannot be made of this message.
  if (error instanceof Refusal || error.syscall === undefined)
    return { kind: 'rejected', message: error.message };
  const message = `${error.message.replace(/,.*$/s, '')} (${path.basename(error.path ?? 'write')})`;
  return { kind: permanentCodes.has(error.code ?? '') ? 'rejected' : 'retry', message };
}
