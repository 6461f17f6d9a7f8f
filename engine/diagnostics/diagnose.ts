// Makes diagnostics with the severity the registry gives their code, and puts them in the order in which people read them.
import type { Diagnostic, Fix, Range, Related, Severity } from './diagnostic.ts';
import { type Code, codes } from './registry.ts';

export interface DiagnosticDetails {
  readonly help?: string | undefined;
  readonly related?: readonly Related[] | undefined;
  readonly fix?: Fix | undefined;
  /** Instead of the severity in the registry. */
  readonly severity?: Severity | undefined;
}

/** Characters; what a file holds may be quoted in both, and a file may hold a megabyte in one word. */
const MAX_MESSAGE = 400;
const MAX_HELP = 2000;

/** A diagnostic; leaves out what is undefined. */
export function diagnose(
  code: Code,
  file: string,
  range: Range,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  const { help, related, fix, severity } = details;
  return {
    code,
    severity: severity ?? codes[code].severity,
    message: shortened(message, MAX_MESSAGE),
    file,
    range,
    ...(help === undefined ? {} : { help: shortened(help, MAX_HELP) }),
    ...(related === undefined ? {} : { related }),
    ...(fix === undefined ? {} : { fix }),
  };
}

function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor(max / 4);
  return `${text.slice(0, max - tail - 1)}…${text.slice(-tail)}`;
}

/** The very beginning of a file: for diagnostics about a file as a whole. */
export const FILE_START: Range = {
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

/** Sorted by file, place and code, each mistake once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = diagnostics.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.range.start.offset - b.range.start.offset ||
      a.range.end.offset - b.range.end.offset ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
  return sorted.filter((one, index) => index === 0 || !isSame(one, sorted[index - 1] as Diagnostic));
}

/** Whether anything forbids going on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  const [from, to] = [a.range, b.range];
  return (
    a.code === b.code &&
    a.file === b.file &&
    from.start.offset === to.start.offset &&
    from.end.offset === to.end.offset &&
    a.message === b.message
  );
}
