// Puts the small files of a batch into a log; answers which of them the disk need not confirm again.
import { appendToLog } from './append-log.ts';
import type { LogPosition, WriteEntry } from './job.ts';

/** Longer contents cost less when they are written once and synced alone. */
const longest = 64 * 1024;

export function fitsLog({ temporary, length }: WriteEntry): boolean {
  return temporary === undefined && length <= longest;
}

export interface Loggable {
  readonly place: number;
  readonly entry: WriteEntry;
  readonly content: Uint8Array;
  /** Of the file system that it will lie on; undefined: the root's. */
  readonly device: number | undefined;
}

export interface LoggedBatch {
  readonly places: ReadonlySet<number>;
  /** Where the next batch begins; undefined when the log did not take this one. */
  readonly end: number | undefined;
}

const nothing: LoggedBatch = { places: new Set(), end: undefined };

export async function logBatch(
  { file, end, device }: LogPosition,
  placed: readonly Loggable[],
): Promise<LoggedBatch> {
  if (placed.length === 0) return { places: nothing.places, end };
  const places = new Set<number>();
  const files = placed.map(({ place, entry, content, device: own }) => {
    // Settling the log syncs the file system of the root, and no mount below it.
    const isSettled = own === undefined || own === device;
    if (!fitsLog(entry) || !isSettled) return { path: entry.path, content: undefined };
    places.add(place);
    return { path: entry.path, content };
  });
  try {
    return { places, end: await appendToLog(file, end, files) };
  } catch {
    // A full disk, say. Each file is synced on its own then, and says what is wrong.
    return nothing;
  }
}
