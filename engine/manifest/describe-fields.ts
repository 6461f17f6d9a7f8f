// Unknown and missing fields: a misspelt name is one mistake, not two.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { DocumentPath } from './document.ts';
import type { MistakePlace } from './schema-diagnostics.ts';
import { fieldsOf } from './schema-view.ts';
import { fieldHelp, legalFields, legalFieldsHelp, placeWords } from './schema-words.ts';

/** Each unknown field takes at most one missing or unused name that it resembles; missing fields left over are reported on their own. */
export function describeFields(
  place: MistakePlace,
  unknown: readonly string[],
  missing: readonly string[],
): readonly Diagnostic[] {
  if (isNoManifest(place, missing)) return [noManifest(place)];
  const left = new Set(missing);
  const unused = new Set(
    legalFields(place.view).filter((name) => !Object.hasOwn(place.value as object, name)),
  );
  const found = unknown.map((name) => {
    const meant = didYouMean(name, left) ?? didYouMean(name, unused);
    if (meant !== undefined) for (const names of [left, unused]) names.delete(meant);
    return unknownField(place, name, meant, missing.includes(meant ?? ''));
  });
  return [...found, ...[...left].map((name) => missingField(place, name))];
}

function unknownField(
  place: MistakePlace,
  name: string,
  meant: string | undefined,
  needed: boolean,
): Diagnostic {
  const { document, path, view, value } = place;
  const range = document.locate([...path, name], 'key');
  const suggestion =
    meant === undefined ? '' : `; did you mean \`${meant}\`${needed ? ', which is missing' : ''}?`;
  const message = `Unknown field \`${name}\` in ${placeWords(document.value, path)}${suggestion}`;
  const fix = meant === undefined ? undefined : { title: `Rename to \`${meant}\``, range, text: meant };
  return diagnose('VRS2001', document.file, range, message, {
    help: legalFieldsHelp(view, path, value),
    fix,
  });
}

function missingField(place: MistakePlace, name: string): Diagnostic {
  const { document, reader, path, view } = place;
  const field = fieldsOf(view).get(name);
  const message = `\`${name}\` is missing in ${placeWords(document.value, path)}`;
  const help = field === undefined ? undefined : fieldHelp(reader, name, field);
  return diagnose('VRS2002', document.file, document.locate(anchorOf(place)), message, { help });
}

/** What demands the field: the `type` of a step or connector, else the object itself. */
function anchorOf({ path, value }: MistakePlace): DocumentPath {
  return typeof (value as { type?: unknown } | null)?.type === 'string' ? [...path, 'type'] : path;
}

function isNoManifest({ path }: MistakePlace, missing: readonly string[]): boolean {
  return path.length === 0 && missing.includes('apiVersion') && missing.includes('kind');
}

function noManifest({ document }: MistakePlace): Diagnostic {
  const message = 'This document has neither `apiVersion` nor `kind`: it is not a manifest';
  return diagnose('VRS1013', document.file, document.locate([]), message, {
    help: 'Begin like this, or move the file out of the folder:\napiVersion: vrsky.io/v1\nkind: Flow',
  });
}
