// Reads literal and folded block scalars, remembering where each character of the value came from.
import type { Span } from './node.ts';
import type { ReadScalar } from './scalar-map.ts';

interface Line {
  readonly start: number;
  /** Without its line break. */
  readonly text: string;
}

/**
 * The ways to read a block scalar: one, or several when its header gives the indentation relative to a parent that is not known here.
 * Chomping is left to the caller: values end in every line break that follows.
 */
export function readBlock(text: string, span: Span, folded: boolean): readonly ReadScalar[] {
  const headerEnd = text.indexOf('\n', span.start);
  if (headerEnd === -1 || headerEnd >= span.end) return [];
  const explicit = /^[|>][+-]?[1-9]/.test(text.slice(span.start, headerEnd));
  const lines = linesOf(text, headerEnd + 1, span.end);
  const indents = explicit ? Array.from({ length: 60 }, (_, indent) => indent) : [detectIndent(lines)];
  return indents.map((indent) =>
    folded ? readFolded(lines, indent, span.end) : readLiteral(lines, indent, span.end),
  );
}

function linesOf(text: string, start: number, end: number): readonly Line[] {
  const lines: Line[] = [];
  for (let at = start; at < end; ) {
    const found = text.indexOf('\n', at);
    const stop = found === -1 || found >= end ? end : found;
    lines.push({ start: at, text: text.slice(at, stop).replace(/\r$/, '') });
    at = stop + 1;
  }
  return lines;
}

function detectIndent(lines: readonly Line[]): number {
  const first = lines.find((line) => line.text.trim() !== '');
  return first === undefined ? 0 : first.text.length - first.text.trimStart().length;
}

class Pieces {
  value = '';
  readonly offsets: number[] = [];
  readonly ends: number[] = [];

  push(text: string, offset: number, step: 0 | 1): void {
    this.value += text;
    for (let unit = 0; unit < text.length; unit++) {
      this.offsets.push(offset + unit * step);
      this.ends.push(offset + (unit + 1) * step);
    }
  }

  done(end: number): ReadScalar {
    return { value: this.value, offsets: this.offsets, ends: this.ends, end };
  }
}

function readLiteral(lines: readonly Line[], indent: number, end: number): ReadScalar {
  const pieces = new Pieces();
  for (const line of lines) {
    pieces.push(line.text.slice(indent), line.start + Math.min(indent, line.text.length), 1);
    pieces.push('\n', line.start + line.text.length, 0);
  }
  return pieces.done(end);
}

/** YAML 1.2.2, 8.1.3: lines join with a space, but not around empty or further indented ones. */
function readFolded(lines: readonly Line[], indent: number, end: number): ReadScalar {
  const pieces = new Pieces();
  let previous: Line | undefined;
  let empty = 0;
  for (const line of lines) {
    const content = line.text.slice(indent);
    if (content.trim() === '' && !/^[ \t]/.test(content)) {
      empty++;
      continue;
    }
    const at = previous === undefined ? line.start : previous.start + previous.text.length;
    pieces.push(separator(previous?.text.slice(indent), content, empty), at, 0);
    pieces.push(content, line.start + indent, 1);
    previous = line;
    empty = 0;
  }
  pieces.push('\n'.repeat(empty + 1), end, 0);
  return pieces.done(end);
}

function separator(before: string | undefined, after: string, empty: number): string {
  if (before === undefined) return '\n'.repeat(empty);
  const isFurther = (text: string) => /^[ \t]/.test(text);
  if (isFurther(before) || isFurther(after)) return '\n'.repeat(empty + 1);
  return empty === 0 ? ' ' : '\n'.repeat(empty);
}
