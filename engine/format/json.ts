// JSON: text to value with errors that say where, and value to bytes.
import { noteWideObjects } from '../expression/wide-objects.ts';
import { errorAt, FormatError } from './format-error.ts';
import { findJsonMistake } from './json-mistake.ts';

/** Parses one JSON value. Throws FormatError VRS8201 with line and column. */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  noteWideObjects(value, text.length);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const mistake = findJsonMistake(text);
    if (mistake === undefined) {
      throw new FormatError('VRS8201', `The content is not JSON: ${(cause as Error).message}`, { cause });
    }
    throw errorAt('VRS8201', `The content is not JSON: ${mistake.problem}`, text, mistake.offset);
  }
}

/** The value as JSON text. Throws FormatError VRS8203 for what JSON cannot hold. */
export function formatJson(value: unknown): string {
  let text: string | undefined;
  try {
    if (!(value instanceof Uint8Array)) text = JSON.stringify(value);
  } catch (cause) {
    throw new FormatError('VRS8203', `The value cannot be written as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (text !== undefined) return text;
  const what = value instanceof Uint8Array ? 'binary content' : `${typeof value}`;
  throw new FormatError('VRS8203', `JSON cannot hold ${what}; convert it first`);
}
