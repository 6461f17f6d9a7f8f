// After a power failure: writes again what logs hold and the disk has lost, before anything new is written.
import { readFileSync, statSync } from 'node:fs';
import { containedPath } from './contained-path.ts';
import { failureOf } from './failure.ts';
import type { RecoverAnswer, RecoverJob } from './job.ts';
import { hasLogs, removeEmptyFolders } from './log-place.ts';
import { readLogs } from './read-logs.ts';
import { TakenByAnother, type TakenLogs, takeLogs } from './take-logs.ts';
import { writeBatch } from './write-batch.ts';

const atOnce = 64;

/** Now: the disk is full, say. */
class CannotWrite extends Error {}

export async function recover({ root, boot }: RecoverJob): Promise<RecoverAnswer> {
  try {
    const taken = takeLogs(root, boot);
    const written = taken === undefined ? 0 : await writeAgain(root, taken);
    await removeEmptyFolders(root, boot);
    return { written, others: hasLogs(root, boot) };
  } catch (error) {
    if (error instanceof TakenByAnother)
      return { kind: 'retry', message: 'another worker is writing again what a power failure took' };
    const message = error instanceof CannotWrite ? error.message : failureOf(error).message;
    return { kind: 'retry', message: `cannot write again what a power failure took: ${message}` };
  }
}

async function writeAgain(root: string, taken: TakenLogs): Promise<number> {
  try {
    let written = 0;
    let lost: Lost[] = [];
    for (const [path, content] of readLogs(taken.folder)) {
      if (isLost(root, path, content())) lost.push({ path, content: content() });
      if (lost.length < atOnce) continue;
      written += await restore(root, lost);
      lost = [];
      taken.touch();
    }
    written += await restore(root, lost);
    taken.finish();
    return written;
  } catch (error) {
    taken.release();
    throw error;
  }
}

interface Lost {
  readonly path: string;
  readonly content: Buffer;
}

/** Answers how many. What cannot ever be written was not written before either. */
async function restore(root: string, lost: readonly Lost[]): Promise<number> {
  const entries = lost.map(({ path, content }) => ({ path, length: content.byteLength }));
  const bytes = Buffer.concat(lost.map(({ content }) => content));
  const job = { kind: 'write', root, mode: 'overwrite', sync: true, lines: false, bytes, entries } as const;
  const { failures } = await writeBatch(job);
  const failed = failures.filter((failure) => failure !== undefined);
  const retry = failed.find(({ kind }) => kind === 'retry');
  if (retry !== undefined) throw new CannotWrite(retry.message);
  return lost.length - failed.length;
}

/**
 * Missing, or what a power failure leaves of it: shorter, or zeros where blocks were not written. Anything else is newer than the log and
 * stays. A file that somebody has moved away is written once more.
 */
function isLost(root: string, path: string, content: Buffer): boolean {
  const file = pathOf(root, path);
  if (file === undefined) return false;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isFile() || found.size > content.length) return false;
  const bytes = readFileSync(file);
  return !bytes.equals(content) && bytes.every((byte, index) => byte === 0 || byte === content[index]);
}

/** Undefined when nothing may be written there, now. */
function pathOf(root: string, path: string): string | undefined {
  try {
    return containedPath(root, path).file;
  } catch (error) {
    if (failureOf(error).kind === 'rejected') return undefined;
    throw error;
  }
}
