// The engine's log: one line per event on stderr, human or JSON.
import type { Log } from '../../engine/runtime/flow-context.ts';
import { paint } from './narrate.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

const styles = { debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' } as const;

/** A log that drops what is below `least`. */
export function createLog(least: Level, format: 'human' | 'json'): Log {
  const threshold = levels.indexOf(least);
  return (level, message, fields) => {
    if (levels.indexOf(level) < threshold) return;
    const time = new Date().toISOString();
    const text = typeof message === 'string' ? message : message();
    const line =
      format === 'json'
        ? JSON.stringify({ time, level, message: text, ...fields })
        : `${paint('gray', time.slice(11, 23))} ${paint(styles[level], level.padEnd(5))} ${text}${fieldsText(fields)}`;
    process.stderr.write(`${line}\n`);
  };
}

function fieldsText(fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined) return '';
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}
