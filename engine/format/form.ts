// application/x-www-form-urlencoded: fields to an object, repeated ones to lists (WHATWG URL, section 5).
import { noteWideObjects } from '../expression/wide-objects.ts';
import { FormatError } from './format-error.ts';
import { setMember } from './own-member.ts';

type Fields = Record<string, string | string[]>;

/** Every field is a string; a field that comes more than once is a list of strings. */
export function parseForm(text: string): Readonly<Record<string, string | readonly string[]>> {
  const fields: Fields = {};
  for (const [name, value] of new URLSearchParams(text.startsWith('?') ? `&${text}` : text)) {
    const present = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (present === undefined) setMember(fields, name, value);
    else if (typeof present === 'string') setMember(fields, name, [present, value]);
    else present.push(value);
  }
  noteWideObjects(fields, text.length);
  return fields;
}

/** An object of texts, numbers, booleans, or lists of them; null is an empty text. Throws FormatError VRS8203 for anything nested. */
export function formatForm(value: unknown): Uint8Array {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    throw new FormatError('VRS8203', 'A form is written from an object; map the value first');
  const fields = new URLSearchParams();
  for (const [name, member] of Object.entries(value)) {
    for (const one of Array.isArray(member) ? member : [member]) fields.append(name, fieldText(name, one));
  }
  return Buffer.from(fields.toString());
}

function fieldText(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  throw new FormatError(
    'VRS8203',
    `The form field ${JSON.stringify(name)} holds an object or a list of lists; forms are flat`,
  );
}
