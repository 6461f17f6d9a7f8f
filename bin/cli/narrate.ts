// Data goes to stdout, narration to stderr; colour only where a person looks.
import { styleText } from 'node:util';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours for narration; `styleText` itself honours NO_COLOR and pipes. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stderr });
}

/** A line for people. */
export function narrate(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line of the verb's result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says what went wrong, its causes, and what to do. A stack only for our own bugs. */
export function narrateError(error: unknown): void {
  if (error instanceof VrskyError) {
    narrate(`${paint('red', 'error')} ${error.code}: ${error.message}`);
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
      narrate(`  because: ${cause.message}`);
    if (error.help !== undefined) narrate(`  help: ${error.help}`);
    return;
  }
  narrate(
    `${paint('red', 'error')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
}
