// Warns of paths that lead to fields which no message has, as far as the samples of the consumers show.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../diagnostics/did-you-mean.ts';
import { ScalarMap } from '../manifest/scalar-map.ts';
import type { SchemaReader } from '../manifest/schema-view.ts';
import { fieldNames, leafOf, type ScalarKind, type Shape } from '../shape/shape.ts';
import type { DraftFlow } from './draft.ts';
import { followFlow } from './follow-flow.ts';
import type { ReadFile } from './sample-files.ts';
import { findSamples } from './samples.ts';
import type { Wiring } from './wiring.ts';

/** Expects a flow without errors. Costs nothing when no consumer names a sample. */
export function checkPaths(
  flow: DraftFlow,
  wiring: Wiring,
  reader: SchemaReader,
  read: ReadFile,
): readonly Diagnostic[] {
  if (!flow.consumers.some(({ value }) => value.sample !== undefined)) return [];
  const { samples, diagnostics } = findSamples(flow, read);
  if (samples.size === 0) return diagnostics;
  const { document } = flow;
  const found = followFlow(flow, wiring, samples, reader).dead.map(
    ({ name, of, offset, length, expression }) => {
      const range = document.range(new ScalarMap(document.text, expression.node).locate(offset, length));
      const near = didYouMean(name, fieldNames(of));
      const message = `${what(of, name)}${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
      const isPlain = near !== undefined && /^[A-Za-z_]\w*$/.test(near) && length === name.length;
      const fix = isPlain ? { title: `Rename to \`${near}\``, range, text: near } : undefined;
      return diagnose('VRS4020', document.file, range, message, { help: helpFor(of), fix });
    },
  );
  return [...diagnostics, ...found];
}

function what(shape: Shape, name: string): string {
  if (fieldNames(shape).length > 0) return `By its sample, the message has no field \`${name}\` here`;
  const kinds = [...leafOf(shape).scalars].filter((kind) => kind !== 'null').map((kind) => WORDS[kind]);
  return `By its sample, this is ${kinds.join(' or ')}, which has no field \`${name}\``;
}

const WORDS: Readonly<Record<ScalarKind, string>> = {
  string: 'a text',
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

function helpFor(shape: Shape): string {
  const names = fieldNames(shape);
  if (names.length === 0) return 'Is a convert step missing before, or a part of the path too much?';
  const known = `There ${names.length === 1 ? 'is' : 'are'} ${listNames(names, 12).replace(/ or (`[^`]+`)$/, ' and $1')}.`;
  return `${known} If messages may have others, show one: \`sample\` takes a list of files.`;
}
