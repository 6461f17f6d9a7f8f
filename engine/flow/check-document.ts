// Everything that is checked about one document on its own.
import { hasErrors } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { checkTimes } from '../manifest/check-times.ts';
import { checkUnits } from '../manifest/check-units.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { SchemaReader } from '../manifest/schema-view.ts';
import { walkDocument } from '../manifest/walk-document.ts';
import { buildGraph } from './build-graph.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkHoles, type EnvLookup } from './check-holes.ts';
import { checkNames } from './check-names.ts';
import type { checkPaths } from './check-paths.ts';
import { checkWiring } from './check-wiring.ts';
import { type DraftFlow, draftFlow, fieldsOf } from './draft.ts';
import type { Eaten } from './eaten-expression.ts';
import type { ExpressionChecker } from './expression-checker.ts';
import type { FlowGraph } from './graph.ts';
import { type DraftStore, draftStore } from './object-stores.ts';
import type { ReadFile } from './sample-files.ts';
import { wire } from './wiring.ts';

export interface DocumentContext {
  readonly reader: SchemaReader;
  readonly checker: ExpressionChecker;
  readonly env: EnvLookup | undefined;
  /** Loaded only when a document may need it: it brings a library along. */
  readonly times: typeof checkTimes | undefined;
  /** Loaded only when a document may name a sample: it brings every format along. */
  readonly paths: typeof checkPaths | undefined;
  /** Reads the samples that consumers name. */
  readonly readFile: ReadFile;
}

export interface CheckedDocument {
  readonly diagnostics: readonly Diagnostic[];
  /** When the document is a flow, as far as it can be read. */
  readonly draft?: DraftFlow;
  /** When it has no errors. */
  readonly graph?: FlowGraph;
  /** When it is a test that fits its schema. */
  readonly test?: ManifestDocument;
  /** When it is a source that fits its schema. */
  readonly origin?: ManifestDocument;
  /** When it is a store without errors. */
  readonly store?: DraftStore;
}

/** `schemaDiagnostics` is what the schema has to say; it is part of the answer but for what follows from other mistakes. */
export function checkDocument(
  document: ManifestDocument,
  schemaDiagnostics: readonly Diagnostic[],
  context: DocumentContext,
): CheckedDocument {
  const leaves = checkLeaves(document, context);
  const diagnostics = [...withoutNoise(schemaDiagnostics, leaves.eaten), ...leaves.diagnostics];
  const { kind } = fieldsOf(document.value);
  if (kind === 'ObjectStore' && !hasErrors(diagnostics)) return { diagnostics, store: draftStore(document) };
  if (kind === 'Test' && !hasErrors(diagnostics)) return { diagnostics, test: document };
  if (kind === 'Source' && !hasErrors(diagnostics)) return { diagnostics, origin: document };
  if (kind !== 'Flow') return { diagnostics };
  const draft = draftFlow(document);
  const names = checkNames(draft);
  const wiring = wire(draft);
  const wired = draft.isComplete && !hasErrors(names) ? checkWiring(draft, wiring) : [];
  const errors = [...diagnostics, ...names, ...wired];
  const follow = hasErrors(errors) ? undefined : context.paths;
  const all = [...errors, ...(follow?.(draft, wiring, context.reader, context.readFile) ?? [])];
  return { diagnostics: all, draft, ...(hasErrors(all) ? {} : { graph: buildGraph(draft, wiring) }) };
}

function checkLeaves(document: ManifestDocument, { reader, checker, env, times }: DocumentContext) {
  const diagnostics: Diagnostic[] = [];
  const eaten: Eaten[] = [];
  walkDocument(document, reader, (visit) => {
    // What is inside an expression that YAML took apart is no value of its own. Values come in the order of the file.
    if (isInside(visit.node.span.start, eaten.at(-1))) return;
    const expressions = checkExpressions(document, visit, reader, checker);
    eaten.push(...expressions.eaten);
    diagnostics.push(
      ...expressions.eaten.map((one) => one.diagnostic),
      ...expressions.diagnostics,
      ...checkUnits(document, visit),
      ...(times?.(document, visit) ?? []),
      ...checkHoles(document, visit, env),
    );
  });
  return { diagnostics, eaten };
}

/** What the schema says about an expression that YAML took for something else follows from that. */
function withoutNoise(diagnostics: readonly Diagnostic[], eaten: readonly Eaten[]): readonly Diagnostic[] {
  if (eaten.length === 0) return diagnostics;
  return diagnostics.filter(({ code, range: { start } }) => {
    const isNoise = code === 'VRS2001' || code === 'VRS2003' || code === 'VRS1017';
    return !isNoise || !isInside(start.offset, lastBefore(start.offset, eaten));
  });
}

/** What was eaten comes in the order of the file and does not overlap. */
function lastBefore(offset: number, eaten: readonly Eaten[]): Eaten | undefined {
  let low = 0;
  let high = eaten.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((eaten[middle] as Eaten).span.start <= offset) low = middle + 1;
    else high = middle;
  }
  return eaten[low - 1];
}

function isInside(offset: number, eaten: Eaten | undefined): boolean {
  return eaten !== undefined && offset >= eaten.span.start && offset < eaten.span.end;
}
