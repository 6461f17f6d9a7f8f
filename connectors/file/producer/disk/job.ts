// What is asked of the thread that writes to the disk, and what it answers. Both travel between threads: plain data.

/** A batch of messages for files below one root. */
export interface WriteJob {
  readonly kind: 'write';
  readonly root: string;
  readonly mode: 'overwrite' | 'append' | 'fail';
  /** Have the disk confirm. */
  readonly sync: boolean;
  /** With `append`: every message ends with a line break. */
  readonly lines: boolean;
  /** The contents of all entries, one after the other. */
  readonly bytes: Uint8Array;
  readonly entries: readonly WriteEntry[];
  /** Where small files are written first and synced together; without it each file is synced on its own. */
  readonly log?: LogPosition;
}

export interface LogPosition {
  readonly file: string;
  /** Where the batch is to be written; 0 for a log that is to be made. */
  readonly end: number;
  /** Of the file system that it settles. */
  readonly device: number;
}

export interface WriteEntry {
  /** Below the root, as the message's template came out; not checked yet. */
  readonly path: string;
  /** How many of the job's bytes are its content. */
  readonly length: number;
  /** Where the content was written to already: it is only to be given its name. */
  readonly temporary?: string;
}

/** Makes an empty temporary file for content that comes as a stream. */
export interface SpoolJob {
  readonly kind: 'spool';
  readonly root: string;
  readonly path: string;
  readonly sync: boolean;
}

/** Writes again what logs of an earlier boot hold and a power failure took. */
export interface RecoverJob {
  readonly kind: 'recover';
  readonly root: string;
  readonly boot: string;
}

export type Job = WriteJob | SpoolJob | RecoverJob;

/** Why something was not written: no retry mends what is `rejected`. */
export interface Failure {
  readonly kind: 'retry' | 'rejected';
  readonly message: string;
}

export interface WriteAnswer {
  /** Per entry: undefined when it is on the disk. */
  readonly failures: readonly (Failure | undefined)[];
  /** Where the log goes on; undefined without a log, or when it did not take the batch. */
  readonly logEnd?: number | undefined;
}

/** The absolute path of the temporary file. */
export type SpoolAnswer = { readonly temporary: string } | Failure;

export type RecoverAnswer =
  /** How many files were written again, and whether logs of this boot are there: another worker's, or of one that was killed. */
  { readonly written: number; readonly others: boolean } | Failure;

export interface AnswerOf {
  readonly recover: RecoverAnswer;
  readonly write: WriteAnswer;
  readonly spool: SpoolAnswer;
}
