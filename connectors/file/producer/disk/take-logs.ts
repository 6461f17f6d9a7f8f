// Takes over what an earlier boot left: whole folders of logs, by renaming them, so that one worker alone writes them again.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { logFolderName, logsOf, takenEnding } from './log-place.ts';

/** A worker that has taken logs and was not heard of for so long was killed. */
const patienceMs = 30_000;

/** Undefined: nothing to take. */
export interface TakenLogs {
  readonly folder: string;
  /** Says that this worker is still at it. */
  touch(): void;
  /** Nothing is left to be done with them. */
  finish(): void;
  /** Lets others take them. */
  release(): void;
}

/** Another worker is writing the files of an earlier boot again. */
export class TakenByAnother extends Error {}

/** Throws TakenByAnother. */
export function takeLogs(root: string, boot: string): TakenLogs | undefined {
  const mine = logsOf(root, boot);
  const taken = foldersIn(mine).filter((folder) => folder.endsWith(takenEnding));
  if (taken.some((folder) => Date.now() - statSync(folder).mtimeMs < patienceMs)) throw new TakenByAnother();
  const earlier = foldersIn(path.join(root, logFolderName)).filter((folder) => folder !== mine);
  if (taken.length === 0 && earlier.length === 0) return undefined;
  const folder = path.join(mine, `${randomBytes(6).toString('hex')}${takenEnding}`);
  mkdirSync(folder, { recursive: true });
  const got = [...taken, ...earlier].filter((from) => move(from, path.join(folder, path.basename(from))));
  if (got.length === 0) {
    rmSync(folder, { recursive: true });
    throw new TakenByAnother();
  }
  const touch = () => utimesSync(folder, new Date(), new Date());
  touch();
  return {
    folder,
    touch,
    finish: () => rmSync(folder, { recursive: true }),
    release: () => utimesSync(folder, 0, 0),
  };
}

/** Answers false when another worker was faster. */
function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
