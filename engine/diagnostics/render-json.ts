// Diagnostics for programs: one JSON document whose form is versioned.
import type { Diagnostic } from './diagnostic.ts';

/** `{ formatVersion, diagnostics, summary }`; lines and columns are 1-based, offsets 0-based, ends exclusive. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: string) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const summary = { errors: count('error'), warnings: count('warning'), infos: count('info') };
  return `${JSON.stringify({ formatVersion: 1, diagnostics, summary }, null, 2)}\n`;
}
