// Draws the user's own line with a marker under the place that is meant.
import type { Range } from './diagnostic.ts';
import { displayCharacter, displayWidth } from './display-width.ts';
import type { TextPositions } from './text-positions.ts';

export interface FrameOptions {
  /** Cells that the line may take; longer lines are cut around the marker. */
  readonly width?: number;
  /** Applied to the marker, for colour. */
  readonly paint?: (marker: string) => string;
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly marked: boolean;
}

const DEFAULT_WIDTH = 100;

/**
 * Three lines: an empty gutter, the line with its number, and the marker `^^^`. A range over several lines is marked to the end of
 * its first. Tabs are shown as four spaces; wide characters get two markers.
 */
export function codeFrame(positions: TextPositions, range: Range, options: FrameOptions = {}): string {
  const { line, column } = range.start;
  const text = positions.line(line);
  const end = range.end.line === line ? range.end.column : text.length + 1;
  const cells = cut(cellsOf(text, column, Math.max(end, column + 1)), options.width ?? DEFAULT_WIDTH);
  const gutter = ' '.repeat(String(line).length);
  const shown = cells.map((cell) => cell.text).join('');
  const indent = ' '.repeat(sum(cells.slice(0, firstMarked(cells))));
  const marker = '^'.repeat(Math.max(1, sum(cells.filter((cell) => cell.marked))));
  const paint = options.paint ?? ((plain: string) => plain);
  return `${gutter} |\n${line} | ${shown.trimEnd()}\n${gutter} | ${indent}${paint(marker)}`;
}

/** One cell per character, and one more for a marker behind the end of the line. */
function cellsOf(text: string, start: number, end: number): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 1;
  for (const character of text) {
    const shown = displayCharacter(character);
    cells.push({ text: shown, width: displayWidth(shown), marked: column >= start && column < end });
    column += character.length;
  }
  if (start >= column) cells.push({ text: ' ', width: 1, marked: true });
  return cells;
}

/** Keeps the marker and what fits around it. */
function cut(cells: readonly Cell[], width: number): readonly Cell[] {
  if (sum(cells) <= width) return cells;
  const ellipsis: Cell = { text: '…', width: 1, marked: false };
  const first = firstMarked(cells);
  let from = first;
  let room = Math.floor(width / 3);
  while (from > 0 && (cells[from - 1] as Cell).width <= room) room -= (cells[--from] as Cell).width;
  let to = from;
  room = width - 2;
  while (to < cells.length && (cells[to] as Cell).width <= room) room -= (cells[to++] as Cell).width;
  const kept = cells.slice(from, to);
  return [...(from > 0 ? [ellipsis] : []), ...kept, ...(to < cells.length ? [ellipsis] : [])];
}

function firstMarked(cells: readonly Cell[]): number {
  const index = cells.findIndex((cell) => cell.marked);
  return index === -1 ? cells.length : index;
}

function sum(cells: readonly Cell[]): number {
  return cells.reduce((total, cell) => total + cell.width, 0);
}
