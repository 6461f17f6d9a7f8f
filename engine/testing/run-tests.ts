// Finds the tests below paths and runs them: manifests in, results and coverage out.
import { hasErrors } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type CheckOptions, checkManifests } from '../flow/check.ts';
import { sampleReader } from '../flow/sample-files.ts';
import type { StepTypes } from '../runtime/stage-program.ts';
import { coverageOf, type FlowCoverage } from './coverage.ts';
import { goldenFiles } from './golden-files.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { type Suite, suitesOf } from './suite.ts';

export interface TestOptions extends CheckOptions {
  readonly stepTypes: StepTypes;
  /** Runs only tests whose name, or that of their manifest, holds this text; case does not count. */
  readonly filter?: string;
  /** Golden files take on what producers get. */
  readonly update?: boolean;
}

export interface TestRun {
  /** With errors among them nothing was run. */
  readonly diagnostics: readonly Diagnostic[];
  /** Texts by file name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly results: readonly CaseResult[];
  readonly coverage: readonly FlowCoverage[];
  /** Golden files that were written. */
  readonly written: readonly string[];
}

export async function runTests(paths: readonly string[], options: TestOptions): Promise<TestRun> {
  const checked = await checkManifests(paths, { ...options, tests: true });
  const { value, diagnostics } = checked;
  const { sources } = value;
  if (hasErrors(diagnostics)) return { diagnostics, sources, results: [], coverage: [], written: [] };
  const directory = options.workingDirectory ?? '';
  const golden = goldenFiles(directory, options.update === true);
  const parts = { stepTypes: options.stepTypes, read: sampleReader(directory), golden };
  const results: CaseResult[] = [];
  for (const suite of suitesOf(value.tests, value.flows)) {
    for (const index of chosen(suite, options.filter)) results.push(await runCase(suite, index, parts));
  }
  return { diagnostics, sources, results, coverage: coverageOf(results), written: golden.written };
}

function chosen({ name, cases }: Suite, filter = ''): readonly number[] {
  const wanted = filter.toLowerCase();
  return [...cases.keys()].filter((index) => `${name}: ${cases[index]?.name}`.toLowerCase().includes(wanted));
}
