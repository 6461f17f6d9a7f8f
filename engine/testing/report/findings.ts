// What a failed test has to say, as lines of text: expected and actual values with their place in the payload.
import { shortValue } from '../describe-ending.ts';
import type { Difference, Side } from '../differences.ts';
import type { CaseResult, Finding } from '../run-case.ts';

/** Applied to a part of a line, for colour. */
export type Paint = (style: 'green' | 'red' | 'gray' | 'bold', text: string) => string;

export const plain: Paint = (_style, text) => text;

/** `flows/invoices.test.yaml:22:13` */
export function placeOf({ suite }: CaseResult, { range }: Pick<Finding, 'range'>): string {
  return `${suite.document.file}:${range.start.line}:${range.start.column}`;
}

/** Everything that is not as the test says, then what happened; lines without indentation of the whole. */
export function findingLines(result: CaseResult, paint: Paint): readonly string[] {
  const happened = result.happened.length === 0 ? ['nothing left the flow'] : shortened(result.happened);
  return [
    ...result.findings.flatMap((finding) => [
      `${paint('gray', placeOf(result, finding))} ${finding.message}`,
      ...finding.differences.flatMap((difference) => differenceLines(difference, paint)),
    ]),
    ...(result.result === undefined ? [] : [paint('gray', 'what happened:')]),
    ...(result.result === undefined ? [] : happened.map((line) => `  ${line}`)),
  ];
}

function differenceLines({ path, expected, actual }: Difference, paint: Paint): readonly string[] {
  const place = path === '' ? [] : [`  ${paint('bold', path)}`];
  return [
    ...place,
    `    ${paint('green', `- expected  ${sideText(expected)}`)}`,
    `    ${paint('red', `+ actual    ${sideText(actual)}`)}`,
  ];
}

function sideText(side: Side): string {
  return typeof side === 'string' ? side : shortValue(side.value);
}

const maxHappened = 10;

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= maxHappened) return lines;
  return [...lines.slice(0, maxHappened), `… and ${lines.length - maxHappened} more`];
}
