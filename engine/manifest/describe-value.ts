// Values that are not among the allowed ones, and texts without the required form.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic, Range } from '../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../diagnostics/did-you-mean.ts';
import type { Code } from '../diagnostics/registry.ts';
import type { MistakePlace } from './schema-diagnostics.ts';
import { annotation } from './schema-view.ts';
import { placeWords, sentence } from './schema-words.ts';

/** The pattern of names: `common.schema.json#/definitions/name`. */
const NAME_PATTERN = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';

export function describeValue(place: MistakePlace, allowed: readonly unknown[]): Diagnostic {
  const { document, path, value } = place;
  const names = allowed.map(String);
  const meant = typeof value === 'string' ? didYouMean(value, names) : undefined;
  const range = document.locate(path);
  const suggestion = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  const [code, message] = valueWords(place, String(value));
  const elsewhere = meant === undefined ? elsewhereHelp(place) : undefined;
  const help = elsewhere ?? `${names.length === 1 ? 'Write' : 'One of'} ${listNames(names, 40)}.`;
  const fix = meant === undefined ? undefined : { title: `Write \`${meant}\``, range, text: meant };
  return diagnose(code, document.file, range, `${message}${suggestion}`, { help, fix });
}

function valueWords({ document, path }: MistakePlace, value: string): readonly [Code, string] {
  const field = path.at(-1);
  if (path.length === 1 && field === 'kind') return ['VRS2005', `Unknown kind \`${value}\``];
  if (path.length === 1 && field === 'apiVersion') return ['VRS2006', `Unknown apiVersion \`${value}\``];
  if (field !== 'type') {
    return ['VRS2004', `${sentence(placeWords(document.value, path))} cannot be \`${value}\``];
  }
  const [, list] = path;
  const what = path.length === 4 ? String(list).replace(/s$/, '') : `\`${String(path.at(-2))}\``;
  return ['VRS2007', `There is no ${what} of type \`${value}\``];
}

/** A type that is legal in another list of the flow. */
function elsewhereHelp({ reader, path, value }: MistakePlace): string | undefined {
  if (path[0] !== 'spec' || path.length !== 4 || path[3] !== 'type') return undefined;
  const roles = ['consumer', 'step', 'producer'].filter((role) => {
    const union = reader.resolve(`#/definitions/${role}`, 'flow.schema.json');
    const type = (union?.schema.properties as Record<string, { enum?: readonly unknown[] }> | undefined)
      ?.type;
    return type?.enum?.includes(value);
  });
  const [role] = roles;
  return role === undefined
    ? undefined
    : `\`${String(value)}\` is a ${role}: it belongs under \`spec.${role}s\`.`;
}

export function describeForm(place: MistakePlace, pattern: string): Diagnostic {
  const { document, path, view, value } = place;
  const range = document.locate(path);
  if (pattern === NAME_PATTERN) return nameDiagnostic(place, range, String(value));
  const description = annotation(view, 'description');
  const help =
    typeof description === 'string' ? `${description} It must match ${pattern}` : `It must match ${pattern}`;
  return diagnose(
    'VRS2008',
    document.file,
    range,
    `${sentence(placeWords(document.value, path))} does not have the required form`,
    {
      help,
    },
  );
}

function nameDiagnostic({ document, path }: MistakePlace, range: Range, value: string): Diagnostic {
  const slug = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-$/, '');
  const usable = slug !== '' && slug !== value;
  const suggestion = usable ? `; did you mean \`${slug}\`?` : '';
  const message = `\`${value.slice(0, 80)}\` cannot be a name${suggestion}`;
  const fix = usable ? { title: `Write \`${slug}\``, range, text: slug } : undefined;
  const help =
    'Names have lower-case letters, digits and hyphens, at most 63, and begin and end with a letter or digit.';
  return diagnose('VRS2008', document.file, range, message, {
    help: path.length === 0 ? undefined : help,
    fix,
  });
}

export function describeKey({ document, path }: MistakePlace, key: string): Diagnostic {
  const message = `\`${key}\` cannot be a name in ${placeWords(document.value, path)}`;
  return diagnose('VRS2008', document.file, document.locate([...path, key], 'key'), message, {
    help: 'Header names have letters, digits and hyphens, no spaces or colons.',
  });
}
