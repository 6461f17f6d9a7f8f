// Diagnostics as SARIF 2.1.0, the exchange format of code scanners (OASIS).
import type { Diagnostic, Range } from './diagnostic.ts';
import { codeEntry } from './registry.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

export function renderSarif(diagnostics: readonly Diagnostic[]): string {
  const codes = [...new Set(diagnostics.map((diagnostic) => diagnostic.code))].toSorted();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'vrsky', rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(code: string) {
  return { id: code, shortDescription: { text: codeEntry(code)?.title ?? code } };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number) {
  const { help, message } = diagnostic;
  const related = (diagnostic.related ?? []).map((other, id) => ({
    id,
    message: { text: other.message },
    ...locationOf(other.file, other.range),
  }));
  return {
    ruleId: diagnostic.code,
    ruleIndex,
    level: LEVELS[diagnostic.severity],
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: [locationOf(diagnostic.file, diagnostic.range)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
  };
}

function locationOf(file: string, { start, end }: Range) {
  const region = {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
  return { physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region } };
}
