// Sources to documents: everything that can be known about a file without its schema.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { TextPositions } from '../diagnostics/text-positions.ts';
import { buildNode } from './build-node.ts';
import { checkCharacters, tooLarge } from './decode-source.ts';
import { ManifestDocument } from './document.ts';
import { describeNode } from './node.ts';
import { parseYaml } from './parse-yaml.ts';
import { readPlainYaml } from './plain/read-plain.ts';
import { SOURCE_LIMITS, type Source, type SourceLimits } from './source.ts';

export interface ParsedManifests {
  /** The documents that are mappings, without mistakes in their YAML. Their fields are not checked. */
  readonly documents: readonly ManifestDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `broken: 'keep'`: documents with mistakes in their syntax come along, as far as they can be read. */
export interface ParseOptions {
  readonly broken?: 'keep';
}

/** Parses every document of one source. Empty documents are passed over. */
export function parseManifests(
  source: Source,
  limits: SourceLimits = SOURCE_LIMITS,
  options: ParseOptions = {},
): ParsedManifests {
  const size = source.text.length > limits.maxBytes ? source.text.length : Buffer.byteLength(source.text);
  if (size > limits.maxBytes) {
    return { documents: [], diagnostics: [tooLarge(source.file, size, limits.maxBytes)] };
  }
  const checked = checkCharacters(source.file, source.text);
  if (checked.value === undefined) return { documents: [], diagnostics: checked.diagnostics };
  const plain = limits === SOURCE_LIMITS ? readPlainYaml(source.text) : undefined;
  if (plain !== undefined) {
    const document = new ManifestDocument(source.file, plain, new TextPositions(source.text));
    return { documents: [document], diagnostics: [] };
  }
  return parseWithLibrary(source, limits, options);
}

/** What {@link parseManifests} answers for texts that are not too large and hold nothing that is forbidden. */
export function parseWithLibrary(
  source: Source,
  limits: SourceLimits,
  options: ParseOptions = {},
): ParsedManifests {
  const parsed = parseYaml(source, limits, options.broken);
  const documents: ManifestDocument[] = [];
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  const context = { file: source.file, positions: parsed.positions, maxNodes: limits.maxNodes };
  for (const yaml of parsed.documents) {
    const { node, diagnostics: found } = buildNode(yaml, context);
    for (const diagnostic of found) diagnostics.push(diagnostic);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) continue;
    const document = new ManifestDocument(source.file, node, parsed.positions);
    if (node.kind === 'map') documents.push(document);
    else diagnostics.push(notManifest(document));
  }
  return { documents, diagnostics };
}

function notManifest(document: ManifestDocument): Diagnostic {
  const message = `A manifest is a mapping with apiVersion, kind, metadata and spec, and this is ${describeNode(document.root)}`;
  return diagnose('VRS1013', document.file, document.locate([]), message, {
    help: 'Begin like this:\napiVersion: vrsky.io/v1\nkind: Flow',
  });
}
