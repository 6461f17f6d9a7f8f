// The errors of CSV content, with the line.
import { FormatError } from '../format-error.ts';

/** VRS8213. */
export function csvProblem(problem: string, line: number | undefined, cause?: unknown): FormatError {
  const place = line === undefined ? '' : ` (line ${line})`;
  return new FormatError('VRS8213', `The content is not CSV of this dialect: ${problem}${place}`, {
    line,
    cause,
  });
}

/** Whatever reading CSV threw as a FormatError. */
export function csvError(error: unknown): FormatError {
  if (error instanceof FormatError) return error;
  const { code, lines, message } = error as Error & { readonly code?: unknown; readonly lines?: unknown };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new FormatError(
      'VRS8202',
      'The content is not in its encoding; name it with `csv: { encoding: … }`',
      {
        cause: error,
      },
    );
  }
  const line = typeof lines === 'number' ? lines : undefined;
  // The library names the line itself, in several wordings.
  const problem = message
    .replace(/ (?:on|at) line \d+/, '')
    .replace(/^Invalid Record Length: /, 'the number of fields is wrong: ');
  return csvProblem(problem, line, error);
}
