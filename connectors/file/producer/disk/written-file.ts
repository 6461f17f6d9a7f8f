// A file that is filled and not safe yet: what a batch does with it next.

export interface WrittenFile {
  /** Of the data that is to be synced; undefined when it is on the disk already. */
  readonly fd: number | undefined;
  /** The places in the batch of the messages it holds. */
  readonly places: readonly number[];
  /** Closes it and gives it its name. Answers the folders that hold new names and are to be synced. */
  finish(): readonly string[];
  /** Closes it and takes away what nobody should see. */
  abandon(): void;
}
