// Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
import type { Diagnostic } from './diagnostic.ts';
import { codes } from './registry.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** One `::error file=…::message` line each (docs.github.com, "Workflow commands for GitHub Actions"). */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${renderCommand(diagnostic)}\n`).join('');
}

function renderCommand(diagnostic: Diagnostic): string {
  const { start, end } = diagnostic.range;
  const title = (codes as Readonly<Record<string, { readonly title: string }>>)[diagnostic.code]?.title;
  const properties = {
    file: diagnostic.file,
    line: start.line,
    endLine: end.line,
    col: start.column,
    ...(end.line === start.line && end.column > start.column ? { endColumn: end.column - 1 } : {}),
    title: title === undefined ? diagnostic.code : `${diagnostic.code} ${title}`,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text =
    diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`;
  return `::${COMMANDS[diagnostic.severity]} ${list.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
