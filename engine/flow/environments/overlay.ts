// Lays an environment over manifests: patches, then variables. What comes from the environment is reported where it stands there.
import { diagnose, FILE_START } from '../../diagnostics/diagnose.ts';
import type { Diagnostic, Range } from '../../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../../diagnostics/did-you-mean.ts';
import { TextPositions } from '../../diagnostics/text-positions.ts';
import { ManifestDocument } from '../../manifest/document.ts';
import { type DraftEnvironment, type DraftPatch, identityOf } from './draft-environment.ts';
import { fillVariables } from './fill-variables.ts';
import { shifted } from './map-nodes.ts';
import { mergePatch } from './merge-patch.ts';

export interface Overlaid {
  readonly documents: readonly ManifestDocument[];
  /** Variables without a value. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Tells what is a manifest's own from what a patch brought into it. */
export interface ForeignPlaces {
  /** Moves a diagnostic about what a patch brought in to the environment. */
  relocate(diagnostic: Diagnostic): Diagnostic;
}

/** `chosen` is the name of one of the environments, or undefined. */
export function overlay(
  documents: readonly ManifestDocument[],
  environments: readonly DraftEnvironment[],
  chosen: string | undefined,
): Overlaid {
  const environment = environments.find(({ name }) => name === chosen);
  const known = environments.map(({ name }) => name);
  const diagnostics: Diagnostic[] = [];
  const given = { environment: environment?.name, values: environment?.values ?? new Map(), known };
  const overlaid = documents.map((document) => {
    const patched = environment === undefined ? document : patchDocument(document, environment);
    const filled = fillVariables(patched, given);
    diagnostics.push(...filled.diagnostics);
    return filled.document;
  });
  return { documents: overlaid, diagnostics };
}

/** Mistakes of the environments themselves. Patches of all of them are checked for the names they use. */
export function checkEnvironments(
  documents: readonly ManifestDocument[],
  environments: readonly DraftEnvironment[],
  chosen: string | undefined,
): readonly Diagnostic[] {
  const known = environments.map(({ name }) => name);
  return [
    ...repeated(environments),
    ...(chosen !== undefined && !known.includes(chosen) ? [noSuchEnvironment(chosen, known, documents)] : []),
    ...environments.flatMap((one) => one.patches.flatMap((patch) => checkPatch(one, patch, documents))),
  ];
}

/** `documents` are as they were before the environment was laid over them. */
export function foreignPlaces(
  documents: readonly ManifestDocument[],
  environments: readonly DraftEnvironment[],
  chosen: string | undefined,
): ForeignPlaces {
  const environment = environments.find(({ name }) => name === chosen);
  const bases = new Map(documents.map(({ file, text }) => [file, text.length + 1]));
  return {
    relocate: (one) => (environment === undefined ? one : relocated(one, environment.document, bases)),
  };
}

/** The manifest with the patches that are about it. Its text is followed by the environment's, so that every part has a place. */
function patchDocument(document: ManifestDocument, environment: DraftEnvironment): ManifestDocument {
  const own = environment.patches.filter((patch) => isAbout(patch, document));
  if (own.length === 0 || document.root.kind !== 'map') return document;
  const base = document.text.length + 1;
  const before = document.root.entries.get('spec');
  let spec = before?.value;
  for (const patch of own) spec = mergePatch(spec, shifted(patch.spec, base)).node;
  if (spec === undefined || before === undefined) return document;
  const root = {
    ...document.root,
    entries: new Map(document.root.entries).set('spec', { ...before, value: spec }),
  };
  const text = `${document.text}\n${environment.document.text}`;
  return new ManifestDocument(document.file, root, new TextPositions(text));
}

function isAbout(patch: DraftPatch, document: ManifestDocument): boolean {
  const { kind, name, tenant } = identityOf(document);
  return (
    kind === patch.kind && name === patch.name && (patch.tenant === undefined || patch.tenant === tenant)
  );
}

function checkPatch(
  { document }: DraftEnvironment,
  patch: DraftPatch,
  documents: readonly ManifestDocument[],
): readonly Diagnostic[] {
  const at = ['spec', 'patches', patch.index] as const;
  const targets = documents.filter((one) => isAbout(patch, one));
  if (targets.length === 0) {
    const names = documents
      .map(identityOf)
      .flatMap(({ kind, name }) => (kind === patch.kind && name ? [name] : []));
    const field = patch.kind === 'Flow' ? 'flow' : 'objectStore';
    const what = patch.kind === 'Flow' ? 'flow' : 'object store';
    return [
      unknownName(
        document,
        [...at, field],
        `There is no ${what} \`${patch.name}\` to patch`,
        patch.name,
        names,
      ),
    ];
  }
  return targets.flatMap((target) => {
    const { unknown } = mergePatch(target.node(['spec']), patch.spec);
    return unknown.map(({ name, path, known }) => {
      const list = String(path.at(-3) ?? 'list');
      const message = `\`${patch.name}\` has none called \`${name}\` among its ${list}`;
      return unknownName(document, [...at, 'spec', ...path], message, name, known);
    });
  });
}

function unknownName(
  document: ManifestDocument,
  path: readonly (string | number)[],
  message: string,
  name: string,
  known: readonly string[],
): Diagnostic {
  const meant = didYouMean(name, known);
  const all =
    known.length === 0
      ? 'There are none: check the environment together with the flows.'
      : `There are: ${listNames(known)}.`;
  const help = meant === undefined ? all : `Did you mean \`${meant}\`?`;
  return diagnose('VRS3402', document.file, document.locate(path), message, { help });
}

function noSuchEnvironment(
  chosen: string,
  known: readonly string[],
  documents: readonly ManifestDocument[],
): Diagnostic {
  const meant = didYouMean(chosen, known);
  const help =
    known.length === 0
      ? `Add a manifest of kind Environment with this name, and give it together with the flows.`
      : meant === undefined
        ? `There are: ${listNames(known)}.`
        : `Did you mean \`${meant}\`?`;
  const file = documents[0]?.file ?? '';
  return diagnose('VRS3403', file, FILE_START, `There is no environment \`${chosen}\``, { help });
}

function repeated(environments: readonly DraftEnvironment[]): readonly Diagnostic[] {
  const groups = Map.groupBy(environments, ({ name }) => name);
  return [...groups.values()].flatMap(([first, ...others]) =>
    others.map(({ name, document }) =>
      diagnose(
        'VRS3403',
        document.file,
        document.locate(['metadata', 'name']),
        `There is an environment \`${name}\` already`,
        {
          help: 'Write what is different in one place: one manifest for each environment.',
          related:
            first === undefined
              ? []
              : [
                  {
                    file: first.document.file,
                    range: first.document.locate(['metadata', 'name']),
                    message: 'the first one',
                  },
                ],
        },
      ),
    ),
  );
}

function relocated(
  one: Diagnostic,
  environment: ManifestDocument,
  bases: ReadonlyMap<string, number>,
): Diagnostic {
  const move = <Place extends { readonly file: string; readonly range: Range }>(place: Place): Place => {
    const base = bases.get(place.file);
    if (base === undefined || place.range.start.offset < base) return place;
    const { start, end } = place.range;
    const range = environment.positions.range(start.offset - base, end.offset - base);
    return { ...place, file: environment.file, range };
  };
  const moved = move(one);
  const { fix, related } = one;
  if (moved === one && related === undefined) return one;
  const { fix: _, ...rest } = moved;
  return {
    ...rest,
    ...(related === undefined ? {} : { related: related.map(move) }),
    ...(fix === undefined
      ? {}
      : { fix: { ...fix, range: move({ file: one.file, range: fix.range }).range } }),
  };
}
