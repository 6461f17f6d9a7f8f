// Turns schema mistakes into diagnostics: what is wrong, where, what was probably meant, what is legal there.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { listNames } from '../diagnostics/did-you-mean.ts';
import { describeFields } from './describe-fields.ts';
import { describeType } from './describe-type.ts';
import { describeForm, describeKey, describeValue } from './describe-value.ts';
import type { DocumentPath, ManifestDocument } from './document.ts';
import { fieldsOf, type SchemaReader, type View } from './schema-view.ts';
import { fieldHelp, legalFieldsHelp, placeWords, sentence } from './schema-words.ts';
import type { Mistake } from './violations.ts';

/** The document a mistake is in, and what the schema says about its place. */
export interface MistakePlace {
  readonly document: ManifestDocument;
  readonly reader: SchemaReader;
  readonly path: DocumentPath;
  readonly view: View;
  readonly value: unknown;
}

/** The diagnostics of one mistake: several when an object has several wrong fields. */
export function describeMistake(
  mistake: Mistake,
  document: ManifestDocument,
  reader: SchemaReader,
): readonly Diagnostic[] {
  const view = reader.descend(document.value, mistake.path);
  const value = mistake.path.reduce<unknown>(
    (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
    document.value,
  );
  const place: MistakePlace = { document, reader, path: mistake.path, view, value };
  switch (mistake.kind) {
    case 'fields':
      return describeFields(place, mistake.unknown, mistake.missing);
    case 'type':
      return [describeType(place, mistake.types)];
    case 'value':
      return [describeValue(place, mistake.allowed)];
    case 'form':
      return [describeForm(place, mistake.pattern)];
    case 'key':
      return [describeKey(place, mistake.key)];
    case 'bounds':
      return [describeBounds(place, mistake.keyword, mistake.limit)];
    case 'excluded':
      return [describeExcluded(place, mistake.fields)];
    case 'one-of':
      return [describeOneOf(place, mistake.fields)];
    case 'needs':
      return [describeNeeds(place, mistake.field, mistake.needed)];
    case 'repeated':
      return [describeRepeated(place, mistake.first)];
    case 'other':
      return [describeOther(place, mistake.keyword)];
  }
}

const BOUNDS: Readonly<Record<string, (limit: number) => string>> = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  minLength: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === 1 ? 'must not be an empty list' : `must have at least ${limit} items`),
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => `must have at least ${limit} field${limit === 1 ? '' : 's'}`,
  maxProperties: (limit) => `must have at most ${limit} field${limit === 1 ? '' : 's'}`,
};

function describeBounds(place: MistakePlace, keyword: string, limit: number): Diagnostic {
  const { document, path, value } = place;
  const bound = BOUNDS[keyword]?.(limit) ?? `breaks the bound ${keyword} ${limit}`;
  const isText = typeof value === 'number' || typeof value === 'string';
  const actual = isText && String(value).length < 40 && value !== '' ? ` (it is ${String(value)})` : '';
  return diagnose(
    'VRS2009',
    document.file,
    document.locate(path),
    `${sentence(placeWords(document.value, path))} ${bound}${actual}`,
    {
      help: isText
        ? descriptionOf(place)
        : (legalFieldsHelp(place.view, path, value) ?? descriptionOf(place)),
    },
  );
}

function describeExcluded(place: MistakePlace, fields: readonly string[]): Diagnostic {
  const { document, path } = place;
  const [first, second] = fields as [string, string];
  const message = `\`${first}\` and \`${second}\` exclude each other in ${placeWords(document.value, path)}`;
  const range = document.locate([...path, first], 'key');
  return diagnose('VRS2012', document.file, document.locate([...path, second], 'key'), message, {
    help: 'Keep one of them.',
    related: [{ file: document.file, range, message: `\`${first}\` stands here` }],
  });
}

function describeOneOf(place: MistakePlace, fields: readonly string[]): Diagnostic {
  const { document, path } = place;
  const message = `${sentence(placeWords(document.value, path))} needs ${listNames(fields)}`;
  return diagnose('VRS2012', document.file, document.locate(path), message, {
    help: `Add ${listNames(fields)}.`,
  });
}

function describeNeeds(place: MistakePlace, field: string, needed: string): Diagnostic {
  const { document, path, reader, view } = place;
  const message = `\`${field}\` needs \`${needed}\` beside it in ${placeWords(document.value, path)}`;
  const schema = fieldsOf(view).get(needed);
  return diagnose('VRS2012', document.file, document.locate([...path, field], 'key'), message, {
    help: schema === undefined ? `Add \`${needed}\`.` : fieldHelp(reader, needed, schema),
  });
}

function describeRepeated({ document, path, value }: MistakePlace, first: number): Diagnostic {
  const other = document.locate([...path.slice(0, -1), first]);
  return diagnose(
    'VRS2013',
    document.file,
    document.locate(path),
    `\`${String(value)}\` stands in this list twice`,
    {
      help: 'Remove one.',
      related: [{ file: document.file, range: other, message: 'the first one' }],
    },
  );
}

function describeOther(place: MistakePlace, keyword: string): Diagnostic {
  const { document, path } = place;
  const message = `${sentence(placeWords(document.value, path))} does not fit its schema (${keyword})`;
  return diagnose('VRS2003', document.file, document.locate(path), message, { help: descriptionOf(place) });
}

function descriptionOf({ view }: MistakePlace): string | undefined {
  const described = view.find(({ schema }) => typeof schema.description === 'string');
  return described?.schema.description as string | undefined;
}
