// Fills `${var:NAME}` and `${var:NAME:-default}` in from the values of an environment, before anything else is checked.
import { diagnose } from '../../diagnostics/diagnose.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { ManifestDocument } from '../../manifest/document.ts';
import type { ManifestNode, ScalarNode } from '../../manifest/node.ts';
import { ScalarMap } from '../../manifest/scalar-map.ts';
import { mapScalars } from './map-nodes.ts';

const VARIABLE = /(?<!\$)\$\{var:([A-Za-z_][A-Za-z0-9_-]*?)(?::-([^}]*))?\}/g;

export interface VariableValues {
  /** The environment they are from; undefined when none is chosen. */
  readonly environment: string | undefined;
  readonly values: ReadonlyMap<string, string | number | boolean>;
  /** Environments that could be chosen. */
  readonly known: readonly string[];
}

export interface FilledDocument {
  readonly document: ManifestDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** The document with its variables filled in; the same one when it has none. What a value holds is not looked at again. */
export function fillVariables(document: ManifestDocument, given: VariableValues): FilledDocument {
  if (!document.text.includes('${var:')) return { document, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const root = mapScalars(document.root, (node) => {
    if (typeof node.value !== 'string' || !node.value.includes('${var:')) return node;
    return { ...node, value: filled(node, node.value, document, given, diagnostics) };
  });
  return { document: new ManifestDocument(document.file, root, document.positions), diagnostics };
}

/** A text that is one variable and nothing else becomes what that is, a number for instance. */
function filled(
  node: ScalarNode,
  text: string,
  document: ManifestDocument,
  given: VariableValues,
  diagnostics: Diagnostic[],
): ScalarNode['value'] {
  const holes = [...text.matchAll(VARIABLE)];
  const resolve = ([hole, name = '', fallback]: RegExpMatchArray, at: number) => {
    const value = given.values.get(name);
    if (value !== undefined) return value;
    if (fallback !== undefined) return node.style === 'plain' && hole === text ? typed(fallback) : fallback;
    diagnostics.push(missing(document, node, name, at, hole.length, given));
    return hole;
  };
  const [only] = holes;
  if (only !== undefined && only[0] === text) return resolve(only, 0);
  let result = '';
  let at = 0;
  for (const hole of holes) {
    result += text.slice(at, hole.index) + String(resolve(hole, hole.index));
    at = hole.index + hole[0].length;
  }
  return result + text.slice(at);
}

function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}

function missing(
  document: ManifestDocument,
  node: ManifestNode & ScalarNode,
  name: string,
  at: number,
  length: number,
  { environment, values, known }: VariableValues,
): Diagnostic {
  const range = document.range(new ScalarMap(document.text, node).locate(at, length));
  const meant = didYouMean(name, values.keys());
  if (environment !== undefined) {
    const message = `The variable \`${name}\` has no value in the environment \`${environment}\``;
    const help =
      meant === undefined
        ? `Add it to \`values\` of the environment, or give a default: \${var:${name}:-value}`
        : `Did you mean \`${meant}\`?`;
    return diagnose('VRS3401', document.file, range, message, { help });
  }
  const message = `The variable \`${name}\` has no value: no environment is chosen`;
  const help =
    known.length === 0
      ? `Add a manifest of kind Environment with \`values\`, or give a default: \${var:${name}:-value}`
      : `Choose one with --env: ${known.join(', ')}.`;
  return diagnose('VRS3401', document.file, range, message, { help });
}
