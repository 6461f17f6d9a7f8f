// Runs one test: its messages through its flow, what came out against what it says.
import type { Range } from '../diagnostics/diagnostic.ts';
import type { TestCase } from '../flow/check-tests.ts';
import { resolveHoles } from '../flow/holes.ts';
import type { ReadFile } from '../flow/sample-files.ts';
import type { StepTypes } from '../runtime/stage-program.ts';
import { describeEnding } from './describe-ending.ts';
import type { Difference } from './differences.ts';
import { checkExpectations } from './expectations.ts';
import { inputsOf, peersOf } from './given.ts';
import type { GoldenFiles } from './golden-files.ts';
import { type Mismatch, mismatch } from './mismatch.ts';
import { type SimulationResult, simulate } from './simulation/simulation.ts';
import type { Suite } from './suite.ts';

/** One thing that is not as the test says, with its place. */
export interface Finding {
  readonly range: Range;
  readonly message: string;
  readonly differences: readonly Difference[];
}

export interface CaseResult {
  readonly suite: Suite;
  readonly name: string;
  readonly range: Range;
  /** Empty: it passed. */
  readonly findings: readonly Finding[];
  /** What became of the messages, a line each. */
  readonly happened: readonly string[];
  /** Absent when the flow could not run at all. */
  readonly result?: SimulationResult;
  readonly ms: number;
}

export interface RunParts {
  readonly stepTypes: StepTypes;
  readonly read: ReadFile;
  readonly golden: GoldenFiles;
}

/** The test at `index` of the suite. Never rejects. */
export async function runCase(suite: Suite, index: number, parts: RunParts): Promise<CaseResult> {
  const one = suite.cases[index] as TestCase;
  const startedAt = performance.now();
  const at = ['spec', 'cases', index];
  const range = suite.document.locate([...at, 'name']);
  const finish = (mismatches: readonly Mismatch[], result?: SimulationResult): CaseResult => ({
    suite,
    name: one.name,
    range,
    findings: mismatches.map(({ path, message, differences }) => ({
      range: suite.document.locate(path),
      message,
      differences,
    })),
    happened: result === undefined ? [] : happenedIn(result),
    ...(result === undefined ? {} : { result }),
    ms: performance.now() - startedAt,
  });
  try {
    const result = await simulateCase(suite, one, parts);
    const { file: manifest } = suite.document;
    const { endings } = result;
    const { golden } = parts;
    const path = [...at, 'expect'];
    const found = await checkExpectations({ expect: one.expect, endings, path, manifest, golden });
    return finish([...found, ...unfinished(result, at)], result);
  } catch (error) {
    return finish([mismatch([...at, 'name'], `the flow cannot run: ${(error as Error).message}`)]);
  }
}

function simulateCase(suite: Suite, one: TestCase, { stepTypes, read }: RunParts): Promise<SimulationResult> {
  const { flow, env, startMs, document } = suite;
  const lookup = {
    env: (name: string) => (Object.hasOwn(env, name) ? env[name] : undefined),
    secret: (name: string) => `secret ${name}`,
  };
  return simulate({
    ...{ flow, stepTypes, startMs },
    inputs: inputsOf(one, flow, document.file, read),
    peers: peersOf(one),
    // What the test says nothing about stays as it is written: most of it is about peers that are virtual.
    resolveConfig: (config) => ({ ...resolveHoles(config, lookup), missing: [] }),
  });
}

function unfinished({ refused, stuck }: SimulationResult, at: Mismatch['path']): readonly Mismatch[] {
  const found = refused.map(({ input, error }) =>
    mismatch([...at, 'given', input], `the flow does not accept the message: ${error}`),
  );
  if (stuck === 0) return found;
  const messages = stuck === 1 ? 'a message never leaves' : `${stuck} messages never leave`;
  return [...found, mismatch([...at, 'given'], `${messages} the flow`)];
}

function happenedIn({ endings, failedTries }: SimulationResult): readonly string[] {
  return [
    ...failedTries.map(({ node, attempt, error }) => `try ${attempt} failed at ${node}: ${error}`),
    ...endings.map(describeEnding),
  ];
}
