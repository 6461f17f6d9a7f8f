// Puts the small files of a batch into a log; answers which of them the disk need not confirm again.
import { appendToLog } from './append-log.ts';
import type { LogPosition, WriteEntry } from './job.ts';

/** Longer contents cost less when they are written once and synced alone. */
const longest = 64 * 1024;

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
  const files = placed.map((entry) => {
    const isLogged = entry.entry.temporary === undefined && entry.content.byteLength <= longest;
    // Settling the log syncs the file system of the root, and no mount below it.
    const isSettled = entry.device === undefined || entry.device === device;
    if (!isLogged || !isSettled) return { path: entry.entry.path, content: undefined };
    places.add(entry.place);
    return { path: entry.entry.path, content: entry.content };
  });
  try {
    return { places, end: await appendToLog(file, end, files) };
  } catch {
    // A full disk, say. Each file is synced on its own then, and says what is wrong.
    return nothing;
  }
}
