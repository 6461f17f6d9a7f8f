// Values as XML text, attribute values and names; refuses what XML cannot hold.
import { FormatError } from '../format-error.ts';
import { findForbidden, isName } from './characters.ts';

/** VRS8212. */
export function unwritable(problem: string): FormatError {
  return new FormatError('VRS8212', `The value cannot be written as XML: ${problem}`);
}

/** Numbers and booleans as JSON writes them, null as nothing. */
export function textOf(value: unknown, name: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object')
    throw unwritable(`\`${name}\` holds an object or list where only text may stand`);
  const text = String(value);
  const bad = findForbidden(text);
  if (bad < 0) return text;
  const code = text.charCodeAt(bad).toString(16).toUpperCase().padStart(4, '0');
  throw unwritable(`\`${name}\` holds the character U+${code}, which XML forbids`);
}

export function checkedName(name: string): string {
  if (isName(name)) return name;
  throw unwritable(`${JSON.stringify(name.slice(0, 60))} is not a name for an element or attribute`);
}

export function escapeText(text: string): string {
  return /[&<>\r]/.test(text)
    ? text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;')
    : text;
}

export function escapeAttribute(text: string): string {
  const escaped = escapeText(text);
  return /["\n\t]/.test(escaped)
    ? escaped.replace(/"/g, '&quot;').replace(/\n/g, '&#10;').replace(/\t/g, '&#9;')
    : escaped;
}
