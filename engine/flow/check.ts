// The whole way from manifests to flow graphs: reads, parses, checks everything, reports every mistake of every file at once.
import { hasErrors, sortDiagnostics } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { checkSchema } from '../manifest/check-schema.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { type ReadOptions, readSources } from '../manifest/read-sources.ts';
import { builtinSchemas, type SchemaSet } from '../manifest/schema-set.ts';
import { SchemaReader } from '../manifest/schema-view.ts';
import type { Source, SourceLimits } from '../manifest/source.ts';
import { manifestsBesideTests } from './beside-tests.ts';
import { boundedChecker } from './bounded-checker.ts';
import { type CheckedDocument, checkDocument } from './check-document.ts';
import { checkDuplicates } from './check-duplicates.ts';
import type { EnvLookup } from './check-holes.ts';
import { checkRenames } from './check-renames.ts';
import { checkTests } from './check-tests.ts';
import { fieldsOf } from './draft.ts';
import { type DraftEnvironment, draftEnvironment } from './environments/draft-environment.ts';
import { type Overlaid, overlay } from './environments/overlay.ts';
import type { ExpressionChecker } from './expression-checker.ts';
import type { FlowGraph } from './graph.ts';
import { checkStores, linkStores } from './object-stores.ts';
import { type ReadFile, sampleReader } from './sample-files.ts';

export interface CheckOptions extends ReadOptions {
  /** Looks environment variables up, to warn of those that are not set; nothing is said about them when absent. */
  readonly env?: EnvLookup;
  /** The built-in schemas when absent; see `withConnectors`. */
  readonly schemas?: SchemaSet;
  readonly limits?: SourceLimits;
  /** Replaces the checker of engine/expression. */
  readonly expressions?: ExpressionChecker;
  /** Replaces reading the samples that consumers name from the file system. */
  readonly readFile?: ReadFile;
  /** The name of the Environment among the manifests whose values and patches apply. */
  readonly environment?: string | undefined;
}

export interface CheckedManifests {
  /** Flows without errors, in the order of the manifests. */
  readonly flows: readonly FlowGraph[];
  /** Documents of kind Test that fit their schema. What they name may still be wrong, as `diagnostics` say. */
  readonly tests: readonly ManifestDocument[];
  /** Documents of kind Source that fit their schema. */
  readonly origins: readonly ManifestDocument[];
  /** Names of the environments among the manifests. */
  readonly environments: readonly string[];
  /** What was read, by the names that diagnostics use: for showing the lines they are about. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Diagnostics are sorted. `value` is always there: it holds what is right even when something else is wrong. */
export interface CheckResult {
  readonly value: CheckedManifests;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads files, directories and `-` (standard input) and checks the manifests in them. With `tests`, a test that is
 * named by itself brings the manifests beside it. Never throws for what a person wrote.
 */
export async function checkManifests(
  paths: readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const more = options.tests === true ? manifestsBesideTests(paths, options.workingDirectory) : [];
  const read = readSources([...paths, ...more], options);
  const checked = await checkSources(read.sources, options);
  return {
    value: checked.value,
    diagnostics: sortDiagnostics([...read.diagnostics, ...checked.diagnostics]),
  };
}

/** Checks manifests that were read already. */
export async function checkSources(
  sources: readonly Source[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const set = options.schemas ?? builtinSchemas();
  const reader = new SchemaReader(set);
  const expressions = options.expressions ?? (await import('./jsonata-checker.ts')).jsonataChecker;
  const readFile = options.readFile ?? sampleReader(options.workingDirectory);
  const parsed = sources.map((source) => ({ source, ...parseManifests(source, options.limits) }));
  const documents = parsed.flatMap((one) => one.documents);
  const environments = await readEnvironments(documents, set, reader);
  const overlaid = overlay(
    documents.filter((document) => fieldsOf(document.value).kind !== 'Environment'),
    environments.drafts,
    options.environment,
  );
  const found: Diagnostic[] = [
    ...parsed.flatMap(({ diagnostics }) => diagnostics),
    ...environments.diagnostics,
    ...overlaid.diagnostics,
  ];
  const checked: CheckedDocument[] = [];
  const checkers = new Map(sources.map(({ file }) => [file, boundedChecker(expressions)]));
  for (const document of overlaid.documents) {
    const hasTimes = /cron|zone/i.test(document.text);
    const times = hasTimes ? (await import('../manifest/check-times.ts')).checkTimes : undefined;
    const paths = namesSample(document) ? (await import('./check-paths.ts')).checkPaths : undefined;
    const checker = checkers.get(document.file) as ExpressionChecker;
    const context = { reader, checker, env: options.env, times, paths, readFile };
    const one = checkDocument(document, await checkSchema([document], set, reader), context);
    for (const diagnostic of one.diagnostics) found.push(diagnostic);
    checked.push(one);
  }
  const drafts = checked.flatMap(({ draft }) => draft ?? []);
  const duplicates = [...checkDuplicates(drafts), ...checkRenames(drafts)];
  const tests = checked.flatMap(({ test }) => test ?? []);
  const stores = checked.flatMap(({ store }) => store ?? []);
  const graphs = checked.flatMap(({ graph }) => (graph === undefined ? [] : [inItsFile(graph, overlaid)]));
  const linked = linkStores(withoutDuplicates(graphs), stores);
  return {
    value: {
      flows: linked.flows,
      tests,
      origins: checked.flatMap(({ origin }) => origin ?? []),
      environments: environments.drafts.map(({ name }) => name),
      sources: new Map(sources.map(({ file, text }) => [file, text])),
    },
    diagnostics: sortDiagnostics(
      [
        ...found,
        ...duplicates,
        ...checkStores(stores),
        ...linked.diagnostics,
        ...checkTests(tests, drafts, readFile),
      ].map(overlaid.relocate),
    ),
  };
}

async function readEnvironments(
  documents: readonly ManifestDocument[],
  set: SchemaSet,
  reader: SchemaReader,
): Promise<{
  readonly drafts: readonly DraftEnvironment[];
  readonly diagnostics: readonly Diagnostic[];
}> {
  const drafts: DraftEnvironment[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of documents) {
    if (fieldsOf(document.value).kind !== 'Environment') continue;
    const found = await checkSchema([document], set, reader);
    if (!hasErrors(found)) drafts.push(draftEnvironment(document));
    diagnostics.push(...found);
  }
  return { drafts, diagnostics };
}

/** Places of a flow are in its own file, also for what an environment brought in. */
function inItsFile(graph: FlowGraph, overlaid: Overlaid): FlowGraph {
  return {
    ...graph,
    locate: (path) => {
      const range = graph.locate(path);
      return overlaid.isForeign(graph.file, range) ? graph.locate(['metadata', 'name']) : range;
    },
  };
}

function namesSample({ value }: ManifestDocument): boolean {
  const { consumers } = fieldsOf(fieldsOf(value).spec);
  return Array.isArray(consumers) && consumers.some((consumer) => fieldsOf(consumer).sample !== undefined);
}

/** The first of each tenant and name: the others are errors. */
function withoutDuplicates(flows: readonly FlowGraph[]): readonly FlowGraph[] {
  const first = new Map<string, FlowGraph>();
  for (const flow of flows) {
    const key = `${flow.tenant}/${flow.name}`;
    if (!first.has(key)) first.set(key, flow);
  }
  return [...first.values()];
}
