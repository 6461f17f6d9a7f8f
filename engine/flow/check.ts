// The whole way from manifests to flow graphs: reads, parses, checks everything, reports every mistake of every file at once.
import { hasErrors, sortDiagnostics } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { checkSchema } from '../manifest/check-schema.ts';
import { checkUnits } from '../manifest/check-units.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { type ReadOptions, readSources } from '../manifest/read-sources.ts';
import { builtinSchemas, type SchemaSet } from '../manifest/schema-set.ts';
import { SchemaReader } from '../manifest/schema-view.ts';
import type { Source, SourceLimits } from '../manifest/source.ts';
import { walkDocument } from '../manifest/walk-document.ts';
import { buildGraph } from './build-graph.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkHoles, type EnvLookup } from './check-holes.ts';
import { checkNames } from './check-names.ts';
import { checkWiring } from './check-wiring.ts';
import { type DraftFlow, draftFlow, fieldsOf } from './draft.ts';
import type { Eaten } from './eaten-expression.ts';
import type { ExpressionChecker } from './expression-checker.ts';
import type { FlowGraph } from './graph.ts';
import { wire } from './wiring.ts';

export interface CheckOptions extends ReadOptions {
  /** Looks environment variables up, to warn of those that are not set; nothing is said about them when absent. */
  readonly env?: EnvLookup;
  /** The built-in schemas when absent; see `withConnectors`. */
  readonly schemas?: SchemaSet;
  readonly limits?: SourceLimits;
  /** Replaces the checker of engine/expression. */
  readonly expressions?: ExpressionChecker;
}

export interface CheckedManifests {
  /** Flows without errors, in the order of the manifests. */
  readonly flows: readonly FlowGraph[];
  /** What was read, by the names that diagnostics use: for showing the lines they are about. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Diagnostics are sorted. `value` is always there: it holds what is right even when something else is wrong. */
export interface CheckResult {
  readonly value: CheckedManifests;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads files, directories and `-` (standard input) and checks the manifests in them. Never throws for what a person wrote. */
export async function checkManifests(
  paths: readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const read = readSources(paths, options);
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
  const context: CheckContext = {
    reader: new SchemaReader(set),
    checker: options.expressions ?? (await import('./jsonata-checker.ts')).jsonataChecker,
    env: options.env,
  };
  const parsed = sources.map((source) => parseManifests(source, options.limits));
  const documents = parsed.flatMap((one) => one.documents);
  const found = [...parsed.flatMap((one) => one.diagnostics)];
  const flows: FlowGraph[] = [];
  const drafts: DraftFlow[] = [];
  for (const document of documents) {
    const schemaDiagnostics = await checkSchema([document], set, context.reader);
    const checked = checkDocument(document, schemaDiagnostics, context);
    for (const diagnostic of checked.diagnostics) found.push(diagnostic);
    if (checked.draft !== undefined) drafts.push(checked.draft);
    if (checked.graph !== undefined) flows.push(checked.graph);
  }
  found.push(...checkDuplicates(drafts));
  return {
    value: { flows, sources: new Map(sources.map(({ file, text }) => [file, text])) },
    diagnostics: sortDiagnostics(found),
  };
}

interface CheckContext {
  readonly reader: SchemaReader;
  readonly checker: ExpressionChecker;
  readonly env: EnvLookup | undefined;
}

interface CheckedDocument {
  readonly diagnostics: readonly Diagnostic[];
  readonly draft?: DraftFlow;
  readonly graph?: FlowGraph;
}

function checkDocument(
  document: ManifestDocument,
  schemaDiagnostics: readonly Diagnostic[],
  context: CheckContext,
): CheckedDocument {
  const leaves = checkLeaves(document, context);
  const diagnostics = [...withoutNoise(schemaDiagnostics, leaves.eaten), ...leaves.diagnostics];
  if (fieldsOf(document.value).kind !== 'Flow') return { diagnostics };
  const draft = draftFlow(document);
  const names = checkNames(draft);
  const wiring = wire(draft);
  const wired = draft.isComplete && !hasErrors(names) ? checkWiring(draft, wiring) : [];
  const all = [...diagnostics, ...names, ...wired];
  return { diagnostics: all, draft, ...(hasErrors(all) ? {} : { graph: buildGraph(draft, wiring) }) };
}

function checkLeaves(document: ManifestDocument, { reader, checker, env }: CheckContext) {
  const diagnostics: Diagnostic[] = [];
  const eaten: Eaten[] = [];
  walkDocument(document, reader, (visit) => {
    const inEaten = eaten.some(
      ({ span }) => visit.node.span.start >= span.start && visit.node.span.start < span.end,
    );
    if (inEaten) return;
    const expressions = checkExpressions(document, visit, reader, checker);
    eaten.push(...expressions.eaten);
    diagnostics.push(
      ...expressions.eaten.map((one) => one.diagnostic),
      ...expressions.diagnostics,
      ...checkUnits(document, visit),
      ...checkHoles(document, visit, env),
    );
  });
  return { diagnostics, eaten };
}

/** What the schema says about an expression that YAML took for something else follows from that. */
function withoutNoise(diagnostics: readonly Diagnostic[], eaten: readonly Eaten[]): readonly Diagnostic[] {
  if (eaten.length === 0) return diagnostics;
  return diagnostics.filter(({ code, range: { start } }) => {
    const isNoise = code === 'VRS2001' || code === 'VRS2003';
    return !isNoise || !eaten.some(({ span }) => start.offset >= span.start && start.offset < span.end);
  });
}
