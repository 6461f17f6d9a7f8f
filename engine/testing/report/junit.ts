// The results of tests as JUnit XML, for CI servers.
import type { CaseResult } from '../run-case.ts';
import { findingLines, plain } from './findings.ts';

export function renderJunit(results: readonly CaseResult[]): string {
  const suites = Map.groupBy(results, ({ suite }) => suite);
  const parts = [...suites].flatMap(([{ name, document }, ofSuite]) => [
    `  <testsuite name="${attribute(name)}" file="${attribute(document.file)}" ${counts(ofSuite)}>`,
    ...ofSuite.flatMap(caseLines),
    '  </testsuite>',
  ]);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vrsky test" ${counts(results)}>`,
    ...parts,
    '</testsuites>',
  ].join('\n')}\n`;
}

function caseLines(result: CaseResult): readonly string[] {
  const { suite, name, range, ms, findings } = result;
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(suite.name)}" file="${attribute(suite.document.file)}" line="${range.start.line}" time="${seconds(ms)}"`;
  const [first] = findings;
  if (first === undefined) return [`${open}/>`];
  return [
    `${open}>`,
    `      <failure message="${attribute(first.message)}">${content(findingLines(result, plain).join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function counts(results: readonly CaseResult[]): string {
  const failed = results.filter(({ findings }) => findings.length > 0).length;
  const ms = results.reduce((sum, one) => sum + one.ms, 0);
  return `tests="${results.length}" failures="${failed}" time="${seconds(ms)}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 has no way to write most control characters. */
function content(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll(/\s+/g, ' ');
}
