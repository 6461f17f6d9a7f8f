// What a failed write means for the message.
import path from 'node:path';
import {
  NotConnectedError,
  PermanentError,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';

export const delivered: WriteOutcome = { kind: 'delivered' };

/** What no retry mends. A full disk, missing permission or a vanished mount is mended by somebody, and the message waits. */
const permanentCodes: ReadonlySet<string> = new Set([
  'EISDIR',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'EILSEQ',
  'EFBIG',
]);

export function failed(thrown: unknown): WriteOutcome {
  const error = thrown as NodeJS.ErrnoException;
  if (error instanceof RetryableError || error instanceof NotConnectedError) return { kind: 'retry', error };
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  // Not the disk: the path or the payload cannot be made of this message.
  if (error.syscall === undefined)
    return { kind: 'rejected', error: new PermanentError(error.message, { cause: error }) };
  const message = `${error.message.replace(/,.*$/s, '')} (${path.basename(error.path ?? 'write')})`;
  if (permanentCodes.has(error.code ?? ''))
    return { kind: 'rejected', error: new PermanentError(message, { cause: error }) };
  return { kind: 'retry', error: new RetryableError(message, { cause: error }) };
}
