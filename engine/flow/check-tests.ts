// Names and files in manifests of kind Test: the flow they are about, its consumers, steps and producers, the payloads beside them.
import path from 'node:path';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../diagnostics/did-you-mean.ts';
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';
import type { TestManifest } from '../manifest/kinds.gen.ts';
import type { DraftFlow } from './draft.ts';
import type { ReadFile } from './sample-files.ts';

export type TestCase = TestManifest['spec']['cases'][number];

/** Expects documents of kind Test that fit their schema; the flows as far as they can be read. */
export function checkTests(
  tests: readonly ManifestDocument[],
  flows: readonly DraftFlow[],
  read: ReadFile,
): readonly Diagnostic[] {
  return tests.flatMap((document) => {
    const { metadata, spec } = document.value as TestManifest;
    const tenant = metadata.tenant ?? 'default';
    const ofTenant = flows.filter((flow) => flow.tenant === tenant);
    const flow = ofTenant.find(({ name }) => name === spec.flow);
    const files = [...repeatedCases(document, spec.cases), ...missingFiles(document, spec.cases, read)];
    return flow === undefined
      ? [unknownFlow(document, spec.flow, ofTenant), ...files]
      : [...spec.cases.flatMap((one, index) => checkCase(document, flow, one, index)), ...files];
  });
}

/** The file that a test names, as the user would name it from where the manifest was named. */
export function fileBeside(manifest: string, file: string): string {
  return path.isAbsolute(file) ? file : path.join(path.dirname(manifest), file);
}

function unknownFlow(document: ManifestDocument, name: string, flows: readonly DraftFlow[]): Diagnostic {
  const names = flows.map((flow) => flow.name).filter((flow) => flow !== '');
  const meant = didYouMean(name, names);
  const range = document.locate(['spec', 'flow']);
  const message = `There is no flow \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`;
  return diagnose('VRS3101', document.file, range, message, {
    help:
      names.length === 0
        ? 'Give the folder with the flow, too, or put the test beside it.'
        : `The flows given are ${listNames(names.toSorted())}.`,
    fix: meant === undefined ? undefined : { title: `Write \`${meant}\``, range, text: meant },
  });
}

interface NamedNode {
  readonly name: string;
  readonly path: DocumentPath;
  /** Whether the path ends in the name as a key. */
  readonly isKey?: true;
  readonly what: string;
  readonly among: readonly string[];
}

function checkCase(
  document: ManifestDocument,
  flow: DraftFlow,
  one: TestCase,
  index: number,
): readonly Diagnostic[] {
  const at = ['spec', 'cases', index] as const;
  const wrong = namesOf(flow, one, at).filter(({ name, among }) => !among.includes(name));
  return [...wrong.map((node) => unknownNode(document, flow, node)), ...placeless(document, flow, one, at)];
}

function namesOf(flow: DraftFlow, { given, producers, lookups, expect }: TestCase, at: DocumentPath) {
  const names = (nodes: DraftFlow['steps']) => nodes.map(({ name }) => name);
  const steps = names(flow.steps);
  const targets = names(flow.producers);
  const enriching = names(flow.steps.filter(({ type }) => type === 'enrich'));
  const entrances = [...names(flow.consumers), ...steps];
  const keys = (field: string, record: object | undefined, what: string, among: readonly string[]) =>
    Object.keys(record ?? {}).map(
      (name): NamedNode => ({ name, path: [...at, field, name], isKey: true, what, among }),
    );
  return [
    ...given.flatMap(({ at: name }, index): NamedNode[] =>
      name === undefined
        ? []
        : [{ name, path: [...at, 'given', index, 'at'], what: 'consumer or step', among: entrances }],
    ),
    ...keys('producers', producers, 'producer', targets),
    ...keys('lookups', lookups, 'enrich step', enriching),
    ...(expect.delivered ?? []).map(({ to }, index): NamedNode => {
      const path = [...at, 'expect', 'delivered', index, 'to'];
      return { name: to, path, what: 'producer', among: targets };
    }),
    ...(expect.filtered ?? []).map(({ by }, index): NamedNode => {
      const path = [...at, 'expect', 'filtered', index, 'by'];
      return { name: by, path, what: 'step', among: steps };
    }),
    ...(expect.dead ?? []).map(({ at: node }, index): NamedNode => {
      const path = [...at, 'expect', 'dead', index, 'at'];
      return { name: node, path, what: 'step or producer', among: [...steps, ...targets] };
    }),
  ];
}

function unknownNode(document: ManifestDocument, flow: DraftFlow, node: NamedNode): Diagnostic {
  const { name, path: at, isKey, what, among } = node;
  const meant = didYouMean(name, among);
  const range = document.locate(at, isKey === true ? 'key' : 'value');
  const suggestion = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  return diagnose(
    'VRS3102',
    document.file,
    range,
    `The flow \`${flow.name}\` has no ${what} \`${name}\`${suggestion}`,
    {
      help: among.length === 0 ? `It has no ${what} at all.` : `There is ${listNames(among)}.`,
      fix: meant === undefined ? undefined : { title: `Write \`${meant}\``, range, text: meant },
      related: [
        { file: flow.document.file, range: flow.document.locate(['metadata', 'name']), message: 'the flow' },
      ],
    },
  );
}

/** With several consumers a message must say by which it comes. */
function placeless(
  document: ManifestDocument,
  flow: DraftFlow,
  { given }: TestCase,
  at: DocumentPath,
): readonly Diagnostic[] {
  if (flow.consumers.length < 2) return [];
  const names = flow.consumers.map(({ name }) => name);
  return given.flatMap(({ at: name }, index) =>
    name !== undefined
      ? []
      : [
          diagnose(
            'VRS3103',
            document.file,
            document.locate([...at, 'given', index]),
            `The flow \`${flow.name}\` has ${names.length} consumers: say by which the message comes`,
            { help: `Add \`at:\` with ${listNames(names)}.` },
          ),
        ],
  );
}

function repeatedCases(document: ManifestDocument, cases: readonly TestCase[]): readonly Diagnostic[] {
  const first = new Map<string, number>();
  return cases.flatMap(({ name }, index) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    const place = (at: number) => document.locate(['spec', 'cases', at, 'name']);
    const related = [{ file: document.file, range: place(before), message: 'the first' }];
    const message = 'There is a test of this name already';
    const help = 'Say in the name what is different about this one.';
    return [diagnose('VRS3104', document.file, place(index), message, { help, related })];
  });
}

function missingFiles(
  document: ManifestDocument,
  cases: readonly TestCase[],
  read: ReadFile,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [index, { given }] of cases.entries()) {
    for (const [input, { file }] of given.entries()) {
      if (file === undefined) continue;
      try {
        read(fileBeside(document.file, file));
      } catch (error) {
        const range = document.locate(['spec', 'cases', index, 'given', input, 'file']);
        const message = `The file ${file} cannot be used: ${(error as Error).message}`;
        const help = 'Name it relative to this manifest.';
        found.push(diagnose('VRS3105', document.file, range, message, { help }));
      }
    }
  }
  return found;
}
