// The results of tests for people.
import type { FlowCoverage } from '../coverage.ts';
import type { CaseResult } from '../run-case.ts';
import { findingLines, type Paint, placeOf } from './findings.ts';

/** The tests by file; failed ones with what is wrong. Ends with how many there are. */
export function renderHuman(results: readonly CaseResult[], paint: Paint): string {
  const files = Map.groupBy(results, ({ suite }) => suite.document.file);
  const lines = [...files].flatMap(([file, ofFile]) => [
    paint('bold', file),
    ...ofFile.flatMap((result) => caseLines(result, paint)),
    '',
  ]);
  return `${[...lines, summary(results, paint)].join('\n')}\n`;
}

function caseLines(result: CaseResult, paint: Paint): readonly string[] {
  if (result.findings.length === 0) return [`  ${paint('green', '✓')} ${result.name}`];
  return [
    `  ${paint('red', '✗')} ${result.name} ${paint('gray', placeOf(result, result))}`,
    ...findingLines(result, paint).map((line) => `      ${line}`),
  ];
}

function summary(results: readonly CaseResult[], paint: Paint): string {
  const failed = results.filter(({ findings }) => findings.length > 0).length;
  const ms = Math.round(results.reduce((sum, one) => sum + one.ms, 0));
  const all = `${results.length} test${results.length === 1 ? '' : 's'}`;
  return failed === 0
    ? `${paint('green', '✓')} ${all} passed (${ms} ms)`
    : `${paint('red', '✗')} ${failed} of ${all} failed (${ms} ms)`;
}

/** Each flow with the part of it that was reached, and everything that no test reached. */
export function renderCoverage(coverage: readonly FlowCoverage[], paint: Paint): string {
  const lines = coverage.flatMap(({ graph, items }) => {
    const missed = items.filter(({ reached }) => !reached);
    const percent = Math.floor((100 * (items.length - missed.length)) / items.length);
    const mark = missed.length === 0 ? paint('green', '✓') : paint('red', '✗');
    return [
      `${mark} ${graph.name}: ${items.length - missed.length} of ${items.length} steps, routes, outcomes and producers reached (${percent} %)`,
      ...missed.map(
        ({ name, range: { start } }) =>
          `    ${paint('gray', `${graph.file}:${start.line}:${start.column}`)} no test reaches ${name}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}
