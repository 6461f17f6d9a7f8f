// Compares everything that left a flow with everything a test says should have.
import type { TestCase } from '../flow/check-tests.ts';
import type { DocumentPath } from '../manifest/document.ts';
import { checkDelivery } from './delivered.ts';
import { describeEnding } from './describe-ending.ts';
import { differencesBetween } from './differences.ts';
import type { GoldenFiles } from './golden-files.ts';
import { type Mismatch, mismatch } from './mismatch.ts';
import type { Ending } from './simulation/simulation.ts';

type Expect = TestCase['expect'];
type Filtered = Extract<Ending, { readonly kind: 'filtered' }>;
type Dead = Extract<Ending, { readonly kind: 'dead' }>;

export interface ExpectationCheck {
  readonly expect: Expect;
  readonly endings: readonly Ending[];
  /** Of `expect` in its document. */
  readonly path: DocumentPath;
  readonly manifest: string;
  readonly golden: GoldenFiles;
}

/** Nothing is expected in passing: what the test does not say must not happen. */
export async function checkExpectations(check: ExpectationCheck): Promise<readonly Mismatch[]> {
  const { expect, endings, path, manifest, golden } = check;
  const of = <Kind extends Ending['kind']>(kind: Kind) =>
    endings.filter((ending): ending is Extract<Ending, { readonly kind: Kind }> => ending.kind === kind);
  const at = (field: keyof Expect) => [...path, field];
  const delivered = pair(
    expect.delivered,
    ({ to }) => to,
    of('delivered'),
    ({ producer }) => producer,
  );
  const filtered = pair(
    expect.filtered,
    ({ by }) => by,
    of('filtered'),
    ({ step }) => step,
  );
  const dead = pair(
    expect.dead,
    ({ at: node }) => node,
    of('dead'),
    ({ node }) => node,
  );
  const checked = await Promise.all(
    delivered.pairs.map(({ expected, index, actual }) =>
      checkDelivery({ expected, delivery: actual, path: [...at('delivered'), index], manifest, golden }),
    ),
  );
  return [
    ...checked.flat(),
    ...unmet(delivered, at('delivered'), (to) => `${to} does not get this message`),
    ...filtered.pairs.flatMap(({ expected, index, actual }) =>
      checkFiltered(expected, actual, [...at('filtered'), index]),
    ),
    ...unmet(filtered, at('filtered'), (by) => `${by} does not filter this message`),
    ...dead.pairs.flatMap(({ expected, index, actual }) =>
      checkDead(expected, actual, [...at('dead'), index]),
    ),
    ...unmet(dead, at('dead'), (node) => `no such dead letter at ${node}`),
    ...[...delivered.extra, ...filtered.extra, ...dead.extra].map((ending) =>
      mismatch(path, `not expected: ${describeEnding(ending)}`),
    ),
  ];
}

interface Pairing<Expected, Actual> {
  readonly pairs: readonly { readonly expected: Expected; readonly index: number; readonly actual: Actual }[];
  readonly missing: readonly { readonly name: string; readonly index: number; readonly count: number }[];
  readonly extra: readonly Actual[];
}

/** The first that is expected of a name with the first there is of it, and so on. */
function pair<Expected extends { readonly count?: number }, Actual>(
  expectations: readonly Expected[] = [],
  nameOf: (expected: Expected) => string,
  actuals: readonly Actual[],
  nameOfActual: (actual: Actual) => string,
): Pairing<Expected, Actual> {
  const left = Map.groupBy(actuals, nameOfActual);
  const pairs: { expected: Expected; index: number; actual: Actual }[] = [];
  const missing: { name: string; index: number; count: number }[] = [];
  for (const [index, expected] of expectations.entries()) {
    const count = expected.count ?? 1;
    const taken = (left.get(nameOf(expected)) ?? []).splice(0, count);
    for (const actual of taken) pairs.push({ expected, index, actual });
    if (taken.length < count) missing.push({ name: nameOf(expected), index, count: count - taken.length });
  }
  return { pairs, missing, extra: [...left.values()].flat() };
}

function unmet(
  { missing }: Pairing<unknown, unknown>,
  path: DocumentPath,
  words: (name: string) => string,
): readonly Mismatch[] {
  return missing.map(({ name, index, count }) =>
    mismatch([...path, index], `${words(name)}${count === 1 ? '' : ` (${count} are missing)`}`),
  );
}

function checkFiltered(
  { reason }: NonNullable<Expect['filtered']>[number],
  actual: Filtered,
  path: DocumentPath,
): readonly Mismatch[] {
  if (reason === undefined || actual.reason.includes(reason)) return [];
  return [differs([...path, 'reason'], 'the reason is another', reason, actual.reason)];
}

function checkDead(
  { code, because, attempts, error }: NonNullable<Expect['dead']>[number],
  actual: Dead,
  path: DocumentPath,
): readonly Mismatch[] {
  const said = actual.causes.join(': ');
  const found = (
    [
      ['code', code, actual.code],
      ['because', because, actual.because],
      ['attempts', attempts, actual.attempts],
    ] as const
  ).flatMap(([field, wanted, is]) =>
    wanted === undefined || wanted === is
      ? []
      : [differs([...path, field], `${field}: not as expected (${actual.code} ${said})`, wanted, is)],
  );
  if (error === undefined || said.includes(error)) return found;
  return [...found, differs([...path, 'error'], 'the failure is another', error, said)];
}

function differs(path: DocumentPath, message: string, expected: unknown, actual: unknown): Mismatch {
  return mismatch(path, message, differencesBetween(expected, actual, 'exact'));
}
