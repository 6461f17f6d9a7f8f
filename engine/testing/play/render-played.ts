// Draws panels side by side, as many as fit, with what changed from one to the next in colour.
import { displayCharacter, displayWidth } from '../../diagnostics/display-width.ts';
import type { Paint } from '../report/findings.ts';
import { formatDuration } from './format-duration.ts';
import type { Note, Panel, Played } from './panels.ts';

export interface Screen {
  /** Terminal cells. */
  readonly width: number;
  /** Lines of a message that are shown; all when absent. */
  readonly maxLines?: number;
  readonly paint: Paint;
}

const minWidth = 26;
const maxWidth = 60;
const between = ' │ ';

export function renderPlayed({ panels, endings }: Played, screen: Screen): string {
  const { width, paint } = screen;
  const fitting = Math.max(1, Math.floor((width + between.length) / (minWidth + between.length)));
  const count = Math.min(fitting, panels.length);
  const column = Math.min(maxWidth, Math.floor((width - between.length * (count - 1)) / count));
  const blocks = panels.map((panel, index) => block(panel, panels[index - 1], column, screen));
  const rows: string[] = [];
  for (let at = 0; at < blocks.length; at += count) {
    const row = blocks.slice(at, at + count);
    const height = Math.max(...row.map((cells) => cells.length));
    for (let line = 0; line < height; line++)
      rows.push(
        row
          .map((cells) => cells[line] ?? ' '.repeat(column))
          .join(paint('gray', between))
          .trimEnd(),
      );
    rows.push('');
  }
  return `${[...rows, ...endings.map((note) => noteLine(note, width, paint))].join('\n')}\n`;
}

/** The lines of a panel, each exactly as wide as the column. */
function block(panel: Panel, before: Panel | undefined, column: number, screen: Screen): readonly string[] {
  const { paint, maxLines = Number.POSITIVE_INFINITY } = screen;
  const time = panel.ms === undefined ? '' : formatDuration(panel.ms);
  const title = fitted(panel.title, column - (time === '' ? 0 : time.length + 1));
  const gap = ' '.repeat(Math.max(0, column - displayWidth(title) - time.length));
  const known = new Set(before?.lines.map(bare));
  const shown = panel.lines.length > maxLines ? panel.lines.slice(0, maxLines - 1) : panel.lines;
  const body = shown.map((line) => {
    const text = padded(line, column);
    return before === undefined || known.has(bare(line)) ? text : paint('green', text);
  });
  const left = panel.lines.length - shown.length;
  return [
    `${paint('bold', title)}${gap}${paint('gray', time)}`,
    paint('gray', padded(panel.type, column)),
    ...body,
    ...(left === 0 ? [] : [paint('gray', padded(`… ${left} more lines`, column))]),
    ...panel.notes.map(({ kind, text }) => paint(kind === 'bad' ? 'red' : 'gray', padded(text, column))),
  ];
}

/** A line of JSON is the same with and without a comma behind it. */
function bare(line: string): string {
  return line.trim().replace(/,$/, '');
}

function noteLine({ kind, text }: Note, width: number, paint: Paint): string {
  const mark = kind === 'bad' ? paint('red', '✗') : paint('green', '→');
  return `${mark} ${fitted(text, width - 2)}`;
}

function padded(text: string, width: number): string {
  const cut = fitted(text, width);
  return cut + ' '.repeat(Math.max(0, width - displayWidth(cut)));
}

/** The text as it may be printed, with `…` for what does not fit. */
function fitted(text: string, width: number): string {
  let line = '';
  let used = 0;
  for (const character of text) {
    const shown = displayCharacter(character === '\n' ? ' ' : character);
    const cells = displayWidth(shown);
    if (used + cells > width) return cutTo(line, width);
    line += shown;
    used += cells;
  }
  return line;
}

function cutTo(line: string, width: number): string {
  const characters = [...line];
  while (characters.length > 0 && displayWidth(characters.join('')) > width - 1) characters.pop();
  return `${characters.join('')}…`;
}
