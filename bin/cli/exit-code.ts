// The exit codes of every verb.

export const exitCode = {
  done: 0,
  failed: 1,
  /** Changes or drift; only with `--exit-code`. */
  changes: 2,
  manifestsInvalid: 3,
  usage: 4,
  refused: 5,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a verb with a code after it has said why. */
export class ExitWith extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}
