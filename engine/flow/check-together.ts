// What files say about each other: names that are there twice, stores that flows use, the flows that tests and patches are about.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { CheckedDocument } from './check-document.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkRenames } from './check-renames.ts';
import type { ParsedSource } from './check-source.ts';
import { checkTests } from './check-tests.ts';
import { checkEnvironments, type ForeignPlaces, foreignPlaces } from './environments/overlay.ts';
import type { FlowGraph } from './graph.ts';
import { checkStores, linkStores } from './object-stores.ts';
import type { ReadFile } from './sample-files.ts';

export interface CheckedTogether {
  /** Flows without errors, in the order of the documents, each with its store. */
  readonly flows: readonly FlowGraph[];
  /** Not those of the files themselves. */
  readonly diagnostics: readonly Diagnostic[];
  /** Moves diagnostics of the files, too. */
  readonly places: ForeignPlaces;
}

/** `readFile` reads what tests name; `environment` is the one that was chosen. */
export function checkTogether(
  parsed: readonly Pick<ParsedSource, 'documents' | 'environments'>[],
  checked: readonly CheckedDocument[],
  readFile: ReadFile,
  environment?: string,
): CheckedTogether {
  const written: readonly ManifestDocument[] = parsed.flatMap(({ documents }) => documents);
  const environments = parsed.flatMap((one) => one.environments);
  const places = foreignPlaces(written, environments, environment);
  const drafts = checked.flatMap(({ draft }) => draft ?? []);
  const tests = checked.flatMap(({ test }) => test ?? []);
  const stores = checked.flatMap(({ store }) => store ?? []);
  const graphs = checked.flatMap(({ graph }) => graph ?? []);
  const linked = linkStores(withoutDuplicates(graphs), stores);
  const diagnostics = [
    ...checkEnvironments(written, environments, environment),
    ...checkDuplicates(drafts),
    ...checkRenames(drafts),
    ...checkStores(stores),
    ...linked.diagnostics,
    ...checkTests(tests, drafts, readFile),
  ];
  return { flows: linked.flows, diagnostics: diagnostics.map(places.relocate), places };
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
