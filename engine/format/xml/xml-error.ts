// The errors of XML documents, with line and column.
import { errorAt, type FormatError } from '../format-error.ts';

/** Not well-formed: VRS8211. */
export function xmlError(source: string, offset: number, message: string): FormatError {
  return errorAt('VRS8211', `The content is not well-formed XML: ${message}`, source, offset);
}
