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
  const cells = cellsAround(text, column, Math.max(end, column + 1), options.width ?? DEFAULT_WIDTH);
  const gutter = ' '.repeat(String(line).length);
  const shown = cells.map((cell) => cell.text).join('');
  const indent = ' '.repeat(sum(cells.slice(0, firstMarked(cells))));
  const marker = '^'.repeat(Math.max(1, sum(cells.filter((cell) => cell.marked))));
  const paint = options.paint ?? ((plain: string) => plain);
  return `${gutter} |\n${line} | ${shown.trimEnd()}\n${gutter} | ${indent}${paint(marker)}`;
}

/** The marked place and what fits around it. Of a line that may be a megabyte long only the neighbourhood is looked at. */
function cellsAround(text: string, start: number, end: number, width: number): readonly Cell[] {
  const from = Math.max(0, start - 1 - 2 * width);
  const to = Math.min(text.length, start - 1 + 4 * width);
  const cells = cellsOf(text.slice(from, to), start - from, end - from);
  return cut(cells, width, from > 0, to < text.length);
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

/** Leaves out what is too far left and right, with `…` in its place. */
function cut(
  cells: readonly Cell[],
  width: number,
  moreBefore: boolean,
  moreAfter: boolean,
): readonly Cell[] {
  if (!moreBefore && !moreAfter && sum(cells) <= width) return cells;
  const ellipsis: Cell = { text: '…', width: 1, marked: false };
  let from = firstMarked(cells);
  let room = Math.floor(width / 3);
  while (from > 0 && (cells[from - 1] as Cell).width <= room) room -= (cells[--from] as Cell).width;
  let to = from;
  room = width - 2;
  while (to < cells.length && (cells[to] as Cell).width <= room) room -= (cells[to++] as Cell).width;
  const isCutBefore = moreBefore || from > 0;
  const isCutAfter = moreAfter || to < cells.length;
  return [...(isCutBefore ? [ellipsis] : []), ...cells.slice(from, to), ...(isCutAfter ? [ellipsis] : [])];
}

function firstMarked(cells: readonly Cell[]): number {
  const index = cells.findIndex((cell) => cell.marked);
  return index === -1 ? cells.length : index;
}

function sum(cells: readonly Cell[]): number {
  return cells.reduce((total, cell) => total + cell.width, 0);
}
