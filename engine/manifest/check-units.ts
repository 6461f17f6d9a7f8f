// Texts with a form that patterns cannot check well: durations, sizes, regular expressions.
import { type DiagnosticDetails, diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/registry.ts';
import { parseDuration, suggestDuration } from '../units/duration.ts';
import { parseSize, suggestSize } from '../units/size.ts';
import type { ManifestDocument } from './document.ts';
import { annotation } from './schema-view.ts';
import type { Visit } from './walk-document.ts';
import { inlineSnippet } from './yaml-snippet.ts';

/** What is wrong with one leaf. In consumers, steps and producers, texts with `${…}` references are left to the start of the flow. */
export function checkUnits(document: ManifestDocument, { node, path, view }: Visit): readonly Diagnostic[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return [];
  if (node.value.includes('${') && path.length > 3 && /^(consumers|steps|producers)$/.test(String(path[1])))
    return [];
  const report = (code: Code, message: string, details: DiagnosticDetails) => [
    diagnose(code, document.file, document.range(node.span), message, details),
  ];
  const text = node.value;
  const fixed = (meant: string | undefined): DiagnosticDetails =>
    meant === undefined
      ? {}
      : { fix: { title: `Write ${meant}`, range: document.range(node.span), text: inlineSnippet(meant) } };
  const did = (meant: string | undefined) => (meant === undefined ? '' : `; did you mean \`${meant}\`?`);
  if (annotation(view, 'x-duration') === true && parseDuration(text) === undefined) {
    const meant = suggestDuration(text);
    const help = 'A duration is a number with ms, s, m, h or d: `250ms`, `30s`, `1.5h`.';
    return report('VRS2010', `\`${text}\` is not a duration${did(meant)}`, { help, ...fixed(meant) });
  }
  if (annotation(view, 'x-size') === true && parseSize(text) === undefined) {
    const meant = suggestSize(text);
    const help =
      'A size is a number with B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024): `256KiB`.';
    return report('VRS2011', `\`${text}\` is not a size${did(meant)}`, { help, ...fixed(meant) });
  }
  const broken = annotation(view, 'x-regex') === true ? regexProblem(text) : undefined;
  return broken === undefined
    ? []
    : report('VRS2014', `\`${text}\` is not a regular expression: ${broken}`, { help: REGEX_HELP });
}

const REGEX_HELP =
  'Put a backslash before characters that are meant as they are: `\\(`. In YAML, write it in single quotes.';

function regexProblem(text: string): string | undefined {
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: \/.*\/u?: /s, '');
  }
}
