// Cron expressions and time zones, read by the library that will follow them.
import { Cron } from 'croner';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { ManifestDocument } from './document.ts';
import { annotation } from './schema-view.ts';
import type { Visit } from './walk-document.ts';

/** What is wrong with one leaf that the schema marks with `x-cron` or `x-timezone`. Texts with references are left to the start of the flow. */
export function checkTimes(document: ManifestDocument, { node, view }: Visit): readonly Diagnostic[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value.includes('${')) return [];
  const range = document.range(node.span);
  if (annotation(view, 'x-cron') === true) {
    const problem = cronProblem(node.value);
    if (problem === undefined) return [];
    const message = `\`${node.value}\` is not a cron expression: ${problem}`;
    const help =
      'Five fields: minute, hour, day of month, month, day of week; with six, seconds come first. `*/5 * * * *` is every five minutes.';
    return [diagnose('VRS2015', document.file, range, message, { help })];
  }
  if (annotation(view, 'x-timezone') !== true || isTimeZone(node.value)) return [];
  const meant = didYouMean(node.value, Intl.supportedValuesOf('timeZone'));
  const suggestion = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  const fix = meant === undefined ? undefined : { title: `Write \`${meant}\``, range, text: meant };
  const help = 'Write a name of the IANA database, such as `Europe/Oslo` or `UTC`.';
  return [
    diagnose('VRS2016', document.file, range, `There is no time zone \`${node.value}\`${suggestion}`, {
      help,
      fix,
    }),
  ];
}

function cronProblem(pattern: string): string | undefined {
  try {
    const cron = new Cron(pattern, { mode: '5-or-6-parts', paused: true, timezone: 'UTC' });
    return cron.nextRun() === null ? 'it never comes' : undefined;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '');
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
