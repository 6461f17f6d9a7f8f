// Compares one delivered message with what a test says about it.
import { keptExpression } from '../expression/index.ts';
import { fileBeside, type TestCase } from '../flow/check-tests.ts';
import type { DocumentPath } from '../manifest/document.ts';
import { expressionBindings } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { parseDuration } from '../units/duration.ts';
import { differencesBetween } from './differences.ts';
import type { GoldenFiles } from './golden-files.ts';
import { type Mismatch, mismatch } from './mismatch.ts';
import type { VirtualDelivery } from './simulation/virtual-connectors.ts';

export type ExpectedDelivery = NonNullable<TestCase['expect']['delivered']>[number];

export interface DeliveryCheck {
  readonly expected: ExpectedDelivery;
  readonly delivery: VirtualDelivery;
  /** Of `expected` in its document. */
  readonly path: DocumentPath;
  /** The file that the test stands in. */
  readonly manifest: string;
  readonly golden: GoldenFiles;
}

export async function checkDelivery(check: DeliveryCheck): Promise<readonly Mismatch[]> {
  const { payload } = check.delivery.message;
  let content: Content;
  try {
    content = { bytes: payload.bytes(), contentType: payload.contentType };
  } catch (error) {
    return [mismatch(check.path, `the payload cannot be written: ${(error as Error).message}`)];
  }
  return [
    ...checkContent(check, content),
    ...(await checkCondition(check, content)),
    ...checkEnvelope(check),
    ...checkTimes(check),
  ];
}

interface Content {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

function checkContent({ expected, path, manifest, golden }: DeliveryCheck, content: Content) {
  const { payload, like, text, golden: file } = expected;
  const found: Mismatch[] = [];
  const at = (field: string) => [...path, field];
  const report = (field: string, message: string, differences: Mismatch['differences']) => {
    if (differences.length > 0) found.push(mismatch(at(field), message, differences));
  };
  if (payload !== undefined)
    report('payload', 'the payload is another', differencesBetween(payload, contentValue(content), 'exact'));
  if (like !== undefined)
    report('like', 'the payload is not like this', differencesBetween(like, contentValue(content), 'part'));
  if (text !== undefined)
    report(
      'text',
      'the text is another',
      differencesBetween(text, Buffer.from(content.bytes).toString(), 'exact'),
    );
  if (file !== undefined) {
    const differences = golden.compare(fileBeside(manifest, file), content);
    const isNew =
      differences.length === 1 && differences[0]?.path === '' && differences[0].expected === 'nothing';
    const message = isNew
      ? `there is no file ${file} yet: vrsky test --update writes it`
      : `the payload is not that of ${file}`;
    report('golden', message, differences);
  }
  return found;
}

/** As who reads what was delivered sees it: bytes that are no text as base64. */
function contentValue({ bytes, contentType }: Content): unknown {
  try {
    const value = Payload.ofBytes(bytes, contentType).value();
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  } catch {
    return Buffer.from(bytes).toString();
  }
}

async function checkCondition(
  { expected: { where }, delivery: { message }, path }: DeliveryCheck,
  content: Content,
): Promise<readonly Mismatch[]> {
  if (where === undefined) return [];
  const at = [...path, 'where'];
  const { value: expression, problems } = keptExpression(where);
  if (expression === undefined) return [mismatch(at, `cannot be evaluated: ${problems[0]?.message}`)];
  try {
    const answer = await expression.evaluate(contentValue(content), expressionBindings(message));
    if (answer === true) return [];
    const actual = answer === undefined ? 'nothing' : { value: answer };
    return [mismatch(at, 'the condition does not hold', [{ path: '', expected: { value: true }, actual }])];
  } catch (error) {
    return [mismatch(at, `the condition failed: ${(error as Error).message}`)];
  }
}

function checkEnvelope({ expected, delivery, path }: DeliveryCheck): readonly Mismatch[] {
  const { message, fields } = delivery;
  const { contentType, headers, key, attempts } = expected;
  const lower = headers === undefined ? undefined : lowerCaseNames(headers);
  const sides = [
    ['contentType', contentType, message.payload.contentType],
    ['headers', lower, message.headers],
    ['key', key, message.key],
    ['fields', expected.fields, Object.fromEntries(fields)],
    ['attempts', attempts, message.attempt],
  ] as const;
  return sides.flatMap(([field, wanted, actual]) => {
    const differences = wanted === undefined ? [] : differencesBetween(wanted, actual, 'part');
    return differences.length === 0
      ? []
      : [mismatch([...path, field], `${field}: not as expected`, differences)];
  });
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function checkTimes({ expected, delivery, path }: DeliveryCheck): readonly Mismatch[] {
  const tookMs = delivery.atMs - delivery.message.acceptedAt;
  const { notBefore, within } = expected;
  const took = `it took ${tookMs / 1000} s`;
  const found: Mismatch[] = [];
  if (notBefore !== undefined && tookMs < (parseDuration(notBefore) as number))
    found.push(mismatch([...path, 'notBefore'], `delivered too early: ${took}`));
  if (within !== undefined && tookMs > (parseDuration(within) as number))
    found.push(mismatch([...path, 'within'], `delivered too late: ${took}`));
  return found;
}
