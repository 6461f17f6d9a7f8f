// The whole way from manifests to flow graphs: reads, parses, checks everything, reports every mistake of every file at once.
import { sortDiagnostics } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import { type ReadOptions, readSources } from '../manifest/read-sources.ts';
import type { Source } from '../manifest/source.ts';
import { manifestsBesideTests } from './beside-tests.ts';
import {
  type CheckedSource,
  type ParsedSource,
  type SourceChecker,
  type SourceCheckOptions,
  sourceChecker,
} from './check-source.ts';
import { checkTogether } from './check-together.ts';
import type { FlowGraph } from './graph.ts';
import { sampleReader } from './sample-files.ts';

/** Samples are read from the file system unless `readFile` replaces it. */
export type CheckOptions = ReadOptions & Partial<SourceCheckOptions>;

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

/** Checks manifests that were read already. `checker` replaces one that is made of the other options. */
export async function checkSources(
  sources: readonly Source[],
  options: CheckOptions & { readonly checker?: SourceChecker } = {},
): Promise<CheckResult> {
  const readFile = options.readFile ?? sampleReader(options.workingDirectory);
  const { environment } = options;
  const checker = options.checker ?? (await sourceChecker({ ...options, readFile }));
  const parsed: ParsedSource[] = [];
  for (const source of sources) parsed.push(await checker.parse(source));
  const environments = parsed.flatMap((one) => one.environments);
  const checked: CheckedSource[] = [];
  for (const one of parsed) checked.push(await checker.check(one, environments));
  const documents = checked.flatMap((one) => one.documents);
  const { flows, places, diagnostics } = checkTogether(parsed, documents, readFile, environment);
  const found = [...parsed, ...checked].flatMap((one) => one.diagnostics).map(places.relocate);
  return {
    value: {
      flows,
      tests: documents.flatMap(({ test }) => test ?? []),
      origins: documents.flatMap(({ origin }) => origin ?? []),
      environments: environments.map(({ name }) => name),
      sources: new Map(sources.map(({ file, text }) => [file, text])),
    },
    diagnostics: sortDiagnostics([...found, ...diagnostics]),
  };
}
