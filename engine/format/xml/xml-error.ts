// The error of a document that is not well-formed, with line and column.
import { FormatError } from '../format-error.ts';

export function xmlError(source: string, offset: number, message: string): FormatError {
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new FormatError('VRS8211', `the content is not well-formed XML at ${line}:${column}: ${message}`, {
    line,
    column,
  });
}
