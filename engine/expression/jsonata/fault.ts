// Throws errors of the language by code, with the wording of its catalogue.
import { ExpressionError } from '../expression-error.ts';
import { messages } from './messages.ts';

export interface FaultDetails {
  readonly value?: unknown;
  readonly position?: number | undefined;
  readonly token?: unknown;
  /** Further inserts of the message. */
  readonly inserts?: Readonly<Record<string, unknown>> | undefined;
  /** Replaces the wording of the catalogue. */
  readonly message?: string;
}

export function fault(code: string, details: FaultDetails = {}): ExpressionError {
  return new ExpressionError(code, details.message ?? wording(code, details), details);
}

function wording(code: string, { value, token, inserts }: FaultDetails): string {
  const template = Object.hasOwn(messages, code) ? (messages[code] as string) : code;
  const found: Readonly<Record<string, unknown>> = { value, token, ...inserts };
  return template
    .replaceAll(/\{\{\{([^}]+)\}\}\}/g, (_all, name: string) => String(found[name]))
    .replaceAll(/\{\{([^}]+)\}\}/g, (_all, name: string) => shorten(found[name]));
}

const LONGEST = 200;

function shorten(value: unknown): string {
  if (typeof value === 'string' && value.length > LONGEST) return `"${value.slice(0, LONGEST)}…"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? typeof value;
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}
