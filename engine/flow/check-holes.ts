// Checks `${env:X}` and `${secret:X}` references: their syntax, whether variables are set, and that secrets are references.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { ScalarNode } from '../manifest/node.ts';
import { ScalarMap } from '../manifest/scalar-map.ts';
import { annotation } from '../manifest/schema-view.ts';
import type { Visit } from '../manifest/walk-document.ts';
import { findHoles, type Hole } from './holes.ts';

/** Looks a variable up; when absent, nothing is said about variables that are not set. */
export type EnvLookup = (name: string) => string | undefined;

/** What is wrong with the references of one leaf. Texts for people (`metadata`) have none. */
export function checkHoles(
  document: ManifestDocument,
  { node, path, view }: Visit,
  env: EnvLookup | undefined,
): readonly Diagnostic[] {
  if (path[0] !== 'spec' || node.kind !== 'scalar' || typeof node.value !== 'string') return [];
  const secret =
    annotation(view, 'x-secret') === true ? checkSecret(document, node, String(path.at(-1))) : [];
  if (!node.value.includes('${')) return secret;
  const isExpression = annotation(view, 'x-expression') === 'jsonata';
  const holes = findHoles(node.value);
  const map = new ScalarMap(document.text, node);
  return [
    ...secret,
    ...malformed(node.value, holes, isExpression).map((found) => malformedHole(document, map, found)),
    ...firstOfEach(holes.filter((hole) => isUnset(hole, env))).map((hole) =>
      unsetVariable(document, map, hole),
    ),
  ];
}

/** A variable that a text names several times is reported once. */
function firstOfEach(holes: readonly Hole[]): readonly Hole[] {
  return [...new Map(holes.toReversed().map((hole) => [hole.name, hole])).values()].toReversed();
}

function isUnset({ kind, name, fallback }: Hole, env: EnvLookup | undefined): boolean {
  return kind === 'env' && fallback === undefined && env !== undefined && env(name) === undefined;
}

function unsetVariable(document: ManifestDocument, map: ScalarMap, { name, start, end }: Hole): Diagnostic {
  const range = document.range(map.locate(start, end - start));
  const message = `The environment variable \`${name}\` is not set here`;
  const help = `The flow does not start where it is not set. Set it, or give a default: \${env:${name}:-value}`;
  return diagnose('VRS3010', document.file, range, message, { help });
}

interface Malformed {
  readonly start: number;
  readonly text: string;
}

/** `${` in JSONata may begin a grouping: there only what names env or secret is meant as a reference. */
function malformed(text: string, holes: readonly Hole[], isExpression: boolean): readonly Malformed[] {
  const suspects = isExpression
    ? /(?<!\$)\$\{\s*(?:env|secret)\b[^}]*\}?/gi
    : /(?<!\$)\$\{(?!\{|var:[A-Za-z_][\w-]*(?::-|\}))[^}\n]*\}?/g;
  const starts = new Set(holes.map((hole) => hole.start));
  return [...text.matchAll(suspects)]
    .filter((match) => !starts.has(match.index))
    .map((match) => ({ start: match.index, text: match[0] }));
}

function malformedHole(document: ManifestDocument, map: ScalarMap, { start, text }: Malformed): Diagnostic {
  const range = document.range(map.locate(start, text.length));
  const meant = meantHole(text);
  const suggestion = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  return diagnose('VRS3011', document.file, range, `\`${text}\` is not a reference${suggestion}`, {
    help: 'References are ${env:NAME}, ${secret:NAME} and ${var:NAME}; env and var take a default: ${env:NAME:-default}. For the text itself, double the dollar: $${…}',
    fix: meant === undefined ? undefined : { title: `Write ${meant}`, range, text: meant },
  });
}

function meantHole(text: string): string | undefined {
  const secret = /^\$\{\s*secret\s*[:.\s]\s*([A-Za-z_][\w.-]*)\s*\}?$/i.exec(text);
  if (secret !== null) return `\${secret:${secret[1]}}`;
  const variable = /^\$\{\s*var\s*[:.\s]\s*([A-Za-z_][\w-]*)\s*\}?$/i.exec(text);
  if (variable !== null) return `\${var:${variable[1]}}`;
  const env = /^\$\{\s*(?:env\s*[:.\s]\s*)?([A-Za-z_]\w*)\s*(?::?-([^}]*))?\}?$/i.exec(text);
  if (env === null || /^(env|secret)$/i.test(env[1] as string)) return undefined;
  return `\${env:${env[1]}${env[2] === undefined ? '' : `:-${env[2]}`}}`;
}

function checkSecret(document: ManifestDocument, node: ScalarNode, field: string): readonly Diagnostic[] {
  const holes = findHoles(String(node.value));
  if (holes.some((hole) => hole.kind === 'secret')) return [];
  const name = field.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  const range = document.range(node.span);
  if (holes.length > 0) {
    const message = `\`${field}\` is a secret and comes from an environment variable`;
    const help = `Write \${secret:${holes[0]?.name}}: secrets are kept out of logs, plans and dead letters.`;
    return [diagnose('VRS3012', document.file, range, message, { help, severity: 'warning' })];
  }
  const help = `Whoever reads the repository can read it. Write a reference instead, such as \${secret:${name}}, and change the secret.`;
  return [
    diagnose('VRS3012', document.file, range, `\`${field}\` is a secret and stands in the manifest`, {
      help,
    }),
  ];
}
