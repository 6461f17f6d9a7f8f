// Diagnostics for people: place, code, message, the user's own line with a marker, and what to do.
import { codeFrame } from './code-frame.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { printable } from './display-width.ts';
import type { RenderOptions } from './render.ts';
import { TextPositions } from './text-positions.ts';

type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = { bold: 1, dim: 2, error: 31, warning: 33, info: 36, help: 32 } as const;

/** One block per diagnostic, an empty line between blocks, a count last. Expects them sorted. */
export function renderHuman(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return '';
  const paint: Paint = (style, text) =>
    options.color === true ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  const positionsOf = sourcePositions(options.sources ?? new Map());
  const blocks = diagnostics.map((diagnostic) => renderOne(diagnostic, positionsOf, paint, options.width));
  return `${blocks.join('\n\n')}\n\n${renderCount(diagnostics, paint)}\n`;
}

type PositionsOf = (file: string) => TextPositions | undefined;

/** Remembers the last file only: diagnostics come file by file. */
function sourcePositions(sources: ReadonlyMap<string, string>): PositionsOf {
  const known = new Map<string, TextPositions | undefined>();
  return (file) => {
    if (!known.has(file)) {
      const text = sources.get(file);
      known.set(file, text === undefined ? undefined : new TextPositions(text));
    }
    return known.get(file);
  };
}

function renderOne(
  diagnostic: Diagnostic,
  positionsOf: PositionsOf,
  paint: Paint,
  width: number | undefined,
): string {
  const { start } = diagnostic.range;
  const place = paint('bold', `${printable(diagnostic.file)}:${start.line}:${start.column}`);
  const label = paint(diagnostic.severity, `${diagnostic.severity} ${diagnostic.code}`);
  const lines = [`${place} ${label} ${printable(diagnostic.message)}`];
  lines.push(...frameOf(diagnostic, positionsOf, paint, width));
  for (const related of diagnostic.related ?? []) {
    const at = `${printable(related.file)}:${related.range.start.line}:${related.range.start.column}`;
    lines.push(`  ${paint('info', 'see')} ${at} ${printable(related.message)}`);
  }
  if (diagnostic.help !== undefined) lines.push(indented(paint('help', 'help:'), printable(diagnostic.help)));
  return lines.join('\n');
}

function frameOf(
  diagnostic: Diagnostic,
  positionsOf: PositionsOf,
  paint: Paint,
  width: number | undefined,
): string[] {
  const positions = positionsOf(diagnostic.file);
  if (positions === undefined || positions.text === '') return [];
  const options = { paint: (marker: string) => paint(diagnostic.severity, marker) };
  const frame = codeFrame(positions, diagnostic.range, width === undefined ? options : { ...options, width });
  return frame.split('\n').map((line) => `  ${line}`);
}

function indented(label: string, text: string): string {
  return `  ${label} ${text.replaceAll('\n', '\n        ')}`;
}

function renderCount(diagnostics: readonly Diagnostic[], paint: Paint): string {
  const files = new Set(diagnostics.map((diagnostic) => diagnostic.file)).size;
  const severities: readonly Severity[] = ['error', 'warning', 'info'];
  const counts = severities.flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [paint(severity, plural(count, severity === 'info' ? 'note' : severity))];
  });
  return `${counts.join(', ')} in ${plural(files, 'file')}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
