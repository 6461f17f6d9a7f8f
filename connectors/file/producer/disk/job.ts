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

export type Job = WriteJob | SpoolJob;

/** Why something was not written: no retry mends what is `rejected`. */
export interface Failure {
  readonly kind: 'retry' | 'rejected';
  readonly message: string;
}

/** Per entry: undefined when it is on the disk. */
export type WriteAnswer = readonly (Failure | undefined)[];

/** The absolute path of the temporary file. */
export type SpoolAnswer = { readonly temporary: string } | Failure;

export interface AnswerOf {
  readonly write: WriteAnswer;
  readonly spool: SpoolAnswer;
}
