// The results of tests as TAP 14 (testanything.org), for harnesses.
import type { CaseResult } from '../run-case.ts';
import { findingLines, placeOf, plain } from './findings.ts';

export function renderTap(results: readonly CaseResult[]): string {
  const lines = results.flatMap((result, index) => {
    const passed = result.findings.length === 0;
    const point = `${passed ? 'ok' : 'not ok'} ${index + 1} - ${escaped(`${result.suite.name}: ${result.name}`)}`;
    return passed ? [point] : [point, ...explanation(result)];
  });
  return `${['TAP version 14', `1..${results.length}`, ...lines].join('\n')}\n`;
}

function explanation(result: CaseResult): readonly string[] {
  const [first] = result.findings;
  return [
    '  ---',
    `  at: ${JSON.stringify(placeOf(result, first ?? result))}`,
    '  message: |-',
    ...findingLines(result, plain)
      .flatMap((line) => line.split('\n'))
      .map((line) => `    ${line}`),
    '  ...',
  ];
}

/** A number sign would begin a directive, and a description is one line. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll(/\s+/g, ' ');
}
