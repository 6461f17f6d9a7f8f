// application/x-www-form-urlencoded: fields to an object, repeated ones to lists.
import { FormatError } from './format-error.ts';

export function parseForm(text: string): Readonly<Record<string, string | readonly string[]>> {
  const fields = new URLSearchParams(text);
  const entries = [...new Set(fields.keys())].map((name) => {
    const values = fields.getAll(name);
    return [name, values.length === 1 ? (values[0] as string) : values] as const;
  });
  return Object.fromEntries(entries);
}

/** An object of texts, numbers, booleans, or lists of them. Throws FormatError VRS8203 for anything nested. */
export function formatForm(value: unknown): Uint8Array {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError('VRS8203', 'a form is written from an object');
  const fields = new URLSearchParams();
  for (const [name, member] of Object.entries(value)) {
    for (const one of Array.isArray(member) ? member : [member]) {
      if (typeof one === 'object' && one !== null)
        throw new FormatError('VRS8203', `the form field ${name} holds an object`);
      fields.append(name, one === null || one === undefined ? '' : String(one));
    }
  }
  return Buffer.from(fields.toString());
}
