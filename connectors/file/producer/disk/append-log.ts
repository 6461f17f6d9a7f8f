// Adds a batch to a log and has the disk confirm: one write and one sync for all its files.
import { closeSync, fdatasyncSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { letGo } from './let-go.ts';
import { encodeFrame, type LoggedFile, logHeader } from './log-frame.ts';
import { syncFolder } from './sync-folder.ts';

/** Space is taken in steps: a sync that finds the file as long as before need not wait for the journal of the file system. */
const stepBytes = 1024 * 1024;

/** Answers where the next batch begins. `end` 0 makes a new log; otherwise it fails when somebody has taken the log away. */
export async function appendToLog(log: string, end: number, files: readonly LoggedFile[]): Promise<number> {
  const frame = encodeFrame(files, process.hrtime.bigint());
  const isNew = end === 0;
  if (isNew) mkdirSync(path.dirname(log), { recursive: true });
  const bytes = isNew ? Buffer.concat([logHeader, frame]) : frame;
  const next = end + bytes.length;
  const fd = openSync(log, isNew ? 'wx' : 'r+');
  try {
    makeRoom(fd, next);
    writeAt(fd, bytes, end);
    letGo(bytes);
    // There is nothing to do meanwhile, and a wait takes two changes of threads.
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (isNew) await syncNames(log);
  return next;
}

/** Zeros are no frame: what reads the log stops there. */
function makeRoom(fd: number, end: number): void {
  const { size } = fstatSync(fd);
  if (end <= size) return;
  const wanted = Math.ceil(end / stepBytes) * stepBytes;
  const zeros = Buffer.alloc(wanted - size);
  writeAt(fd, zeros, size);
  letGo(zeros);
}

function writeAt(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength; )
    done += writeSync(fd, bytes, done, bytes.byteLength - done, position + done);
}

/** Of the log, of the boot's folder, of the folder of logs. */
async function syncNames(log: string): Promise<void> {
  const boot = path.dirname(log);
  const logs = path.dirname(boot);
  await Promise.all([boot, logs, path.dirname(logs)].map(syncFolder));
}
