// Shows something that is drawn anew after every change of a file and every resize, until somebody leaves.
import { watchFiles } from '../cli/watch-files.ts';

export interface LiveView {
  /** What is watched. */
  readonly paths: readonly string[];
  /** What is there to see; computed anew after every change. */
  readonly run: () => Promise<(size: Size) => string>;
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
}

export interface Size {
  readonly width: number;
  /** Absent off a terminal: all is shown. */
  readonly height?: number;
}

const clear = '\u001b[2J\u001b[3J\u001b[H';
/** Where nobody says how wide the lines may be. */
const defaultWidth = 100;

/** Resolves when the signal aborts or, on a terminal, somebody presses q. */
export async function showLive(view: LiveView, leave: AbortController): Promise<void> {
  const { stdout, stdin } = view;
  const isTerminal = stdout.isTTY === true;
  let draw: ((size: Size) => string) | undefined;
  const show = () => {
    if (draw === undefined) return;
    stdout.write(`${isTerminal ? clear : ''}${draw(sizeOf(stdout))}`);
  };
  const onKey = (key: Buffer) => {
    // Without line editing, Ctrl-C is a key like others.
    if (key.toString() === 'q' || key[0] === 3) leave.abort();
  };
  if (isTerminal) stdout.on('resize', show);
  if (isTerminal && stdin.isTTY) stdin.setRawMode(true).on('data', onKey).resume();
  try {
    for await (const _ of watchFiles(view.paths, leave.signal)) {
      draw = await view.run();
      show();
    }
  } finally {
    stdout.off('resize', show);
    if (isTerminal && stdin.isTTY) stdin.setRawMode(false).off('data', onKey).pause();
  }
}

export function sizeOf(stdout: NodeJS.WriteStream): Size {
  // Some terminals do not know their size and say 0.
  const width = stdout.columns || Number(process.env.COLUMNS) || defaultWidth;
  return stdout.isTTY === true && stdout.rows > 0 ? { width, height: stdout.rows } : { width };
}
