// Writes a batch: what a log takes is safe at once; other files are filled and synced together; then all get their names.
import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import { appendAll } from './append-file.ts';
import { containedPath } from './contained-path.ts';
import { failureOf } from './failure.ts';
import type { Failure, WriteAnswer, WriteJob } from './job.ts';
import { type Loggable, logBatch } from './log-batch.ts';
import { syncFolder } from './sync-folder.ts';
import { takeSpooled, writeWhole } from './write-whole.ts';
import type { WrittenFile } from './written-file.ts';

const syncData = promisify(fdatasync);

/** An entry that may be written. */
interface Placed extends Loggable {
  readonly file: string;
}

export async function writeBatch(job: WriteJob): Promise<WriteAnswer> {
  const failures = new Array<Failure | undefined>(job.entries.length).fill(undefined);
  const fail = (places: readonly number[], error: unknown) => {
    for (const place of places) failures[place] ??= failureOf(error);
  };
  const placed = placeEntries(job, fail);
  const logged = job.log === undefined ? undefined : await logBatch(job.log, placed);
  const written = job.mode === 'append' ? appendEach(job, placed, fail) : writeEach(job, placed, fail);
  const filled = logged === undefined ? written : written.map((file) => relieved(file, logged.places));
  const synced = job.sync ? await syncEach(filled, fail) : filled;
  const named = finishEach(synced, fail);
  // What cannot be synced is not delivered: it may be gone after a power cut.
  if (job.sync) await syncFolders(named, fail);
  return { failures, logEnd: logged?.end };
}

type Fail = (places: readonly number[], error: unknown) => void;

function placeEntries(job: WriteJob, fail: Fail): readonly Placed[] {
  const placed: Placed[] = [];
  let offset = 0;
  for (const [place, entry] of job.entries.entries()) {
    const content = job.bytes.subarray(offset, offset + entry.length);
    offset += entry.length;
    attempt(fail, [place], () => {
      placed.push({ ...containedPath(job.root, entry.path), place, content, entry });
    });
  }
  return placed;
}

function writeEach(job: WriteJob, placed: readonly Placed[], fail: Fail): readonly WrittenFile[] {
  const exclusive = job.mode === 'fail';
  const files: WrittenFile[] = [];
  for (const { place, file, content, entry } of placed) {
    const { temporary } = entry;
    const options = { exclusive, place };
    attempt(fail, [place], () => {
      files.push(
        temporary === undefined ? writeWhole(file, content, options) : takeSpooled(temporary, file, options),
      );
    });
  }
  return files;
}

/** One write per file: its messages share their fate. */
function appendEach(job: WriteJob, placed: readonly Placed[], fail: Fail): readonly WrittenFile[] {
  const files: WrittenFile[] = [];
  for (const [file, messages] of Map.groupBy(placed, (entry) => entry.file)) {
    const places = messages.map(({ place }) => place);
    const contents = messages.map(({ content }) => content);
    attempt(fail, places, () => {
      files.push(appendAll(file, contents, { lines: job.lines, places }));
    });
  }
  return files;
}

/** A file that a log holds needs no sync, nor do the folders that name it. */
function relieved(file: WrittenFile, logged: ReadonlySet<number>): WrittenFile {
  if (!file.places.every((place) => logged.has(place))) return file;
  const finish = () => {
    file.finish();
    return [];
  };
  return { ...file, fd: undefined, finish };
}

/** Answers those whose data is on the disk. */
async function syncEach(files: readonly WrittenFile[], fail: Fail): Promise<readonly WrittenFile[]> {
  const results = await Promise.allSettled(
    files.map(({ fd }) => (fd === undefined ? Promise.resolve() : syncData(fd))),
  );
  return files.filter((file, index) => {
    const result = results[index] as PromiseSettledResult<void>;
    if (result.status === 'fulfilled') return true;
    file.abandon();
    fail(file.places, result.reason);
    return false;
  });
}

/** In the order of the batch: the last of several for one name wins. Answers who waits for which folder. */
function finishEach(files: readonly WrittenFile[], fail: Fail): ReadonlyMap<string, readonly number[]> {
  const folders = new Map<string, number[]>();
  for (const file of files) {
    attempt(fail, file.places, () => {
      for (const folder of file.finish()) {
        const places = folders.get(folder);
        if (places === undefined) folders.set(folder, [...file.places]);
        else places.push(...file.places);
      }
    });
  }
  return folders;
}

async function syncFolders(folders: ReadonlyMap<string, readonly number[]>, fail: Fail): Promise<void> {
  await Promise.all(
    [...folders].map(([folder, places]) => syncFolder(folder).catch((error: unknown) => fail(places, error))),
  );
}

function attempt(fail: Fail, places: readonly number[], what: () => void): void {
  try {
    what();
  } catch (error) {
    fail(places, error);
  }
}
