// Values of the wrong type: what YAML made of what was written, and how to write what was meant.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { suggestDuration } from '../units/duration.ts';
import { suggestSize } from '../units/size.ts';
import { describeNode, type ManifestNode } from './node.ts';
import type { MistakePlace } from './schema-diagnostics.ts';
import { annotation } from './schema-view.ts';
import { exampleOf, placeWords, sentence, typeWords } from './schema-words.ts';
import { fieldSnippet } from './yaml-snippet.ts';

export function describeType(place: MistakePlace, types: readonly string[]): Diagnostic {
  const { document, path, view } = place;
  const node = document.node(path) as ManifestNode;
  const name = String(path.at(-1) ?? 'the manifest');
  const unit = unitMistake(place, node);
  if (unit !== undefined) return unit;
  const fix = fixOf(place, node, types);
  const example = exampleOf(view);
  const snippet =
    example === undefined || typeof path.at(-1) === 'number' ? undefined : fieldSnippet(name, example);
  const help = fix === undefined ? snippet && `Write it like this:\n${snippet}` : `Write \`${fix.text}\`.`;
  const message = `${sentence(placeWords(document.value, path))} must be ${typeWords(types)}, and ${actualWords(node)}`;
  return diagnose('VRS2003', document.file, document.locate(path), message, { help, fix });
}

function actualWords(node: ManifestNode): string {
  return node.kind === 'scalar' && node.value === null ? 'there is nothing' : `this is ${describeNode(node)}`;
}

/** `30` where a duration or a size is wanted. */
function unitMistake({ document, path, view }: MistakePlace, node: ManifestNode): Diagnostic | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return undefined;
  const isDuration = annotation(view, 'x-duration') === true;
  if (!isDuration && annotation(view, 'x-size') !== true) return undefined;
  const range = document.range(node.span);
  const meant = isDuration ? suggestDuration(String(node.value)) : suggestSize(String(node.value));
  const message = `${node.value} has no unit`;
  const help = isDuration
    ? `Write a number with ms, s, m, h or d, such as \`${meant ?? '30s'}\`.`
    : `Write a number with B, KB, MB, GB, KiB, MiB or GiB, such as \`${meant ?? '256KiB'}\`.`;
  const fix = meant === undefined ? undefined : { title: `Write ${meant}`, range, text: meant };
  const code = isDuration ? 'VRS2010' : 'VRS2011';
  return diagnose(code, document.file, range, `${message}: ${placeWords(document.value, path)}`, {
    help,
    fix,
  });
}

/** The same value written so that YAML gives it the right type, when there is such a way. */
function fixOf({ document }: MistakePlace, node: ManifestNode, types: readonly string[]): Fix | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  const text = rewritten(node.value, document.text.slice(node.span.start, node.span.end), types);
  return text === undefined ? undefined : { title: `Write ${text}`, range: document.range(node.span), text };
}

function rewritten(
  value: string | number | boolean,
  written: string,
  types: readonly string[],
): string | undefined {
  if (typeof value !== 'string') {
    if (types.includes('string')) return JSON.stringify(written);
    return types.includes('array') && typeof value === 'number' ? `[${written}]` : undefined;
  }
  const plain = value.trim().toLowerCase();
  if (types.includes('boolean')) {
    if (/^(true|yes|on|y)$/.test(plain)) return 'true';
    if (/^(false|no|off|n)$/.test(plain)) return 'false';
  }
  const isNumber = types.includes('number')
    ? /^-?\d+(\.\d+)?$/
    : types.includes('integer')
      ? /^-?\d+$/
      : undefined;
  return isNumber?.test(plain) ? plain : undefined;
}
