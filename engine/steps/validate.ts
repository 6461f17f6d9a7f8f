// validate: checks the payload against a JSON Schema; what does not fit is a failure.
import { dereference, type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import type { ValidateConfig } from './config.gen.ts';
import { type PureStepType, StepError, type StepResult } from './contract.ts';
import { asStepError } from './expression-step.ts';

type Draft = '4' | '7' | '2019-09' | '2020-12';

/** Of the violations that the error names. */
const maxNamed = 5;

export const validate: PureStepType<ValidateConfig> = {
  type: 'validate',
  compile: ({ schema }) => {
    if (schema === undefined) throw new VrskyError('VRS8223', 'a validate step has no `schema`');
    const validator = validatorOf(schema as Schema | boolean);
    return (message) => checked(validator, message);
  },
};

/** The library writes into the schema it is given. */
function validatorOf(schema: Schema | boolean): Validator {
  const copy = structuredClone(schema) as Schema;
  try {
    checkParts(copy);
    return new Validator(copy, draftOf(schema), false);
  } catch (cause) {
    if (cause instanceof VrskyError) throw cause;
    throw new VrskyError('VRS8223', `the schema cannot be used: ${(cause as Error).message}`, { cause });
  }
}

function draftOf(schema: Schema | boolean): Draft {
  const named = typeof schema === 'object' ? String(schema.$schema) : '';
  if (named.includes('draft-04')) return '4';
  if (named.includes('2019-09')) return '2019-09';
  return named.includes('2020-12') ? '2020-12' : '7';
}

/** What cannot work must show at start, not with the first message that meets it. Nothing is fetched. */
function checkParts(schema: Schema | boolean): void {
  const known = dereference(schema);
  for (const part of Object.values(known)) {
    if (typeof part !== 'object') continue;
    checkReference(part, known);
    for (const pattern of [part.pattern, ...Object.keys(part.patternProperties ?? {})]) {
      if (typeof pattern === 'string') new RegExp(pattern, 'u');
    }
  }
}

function checkReference(
  { $ref, __absolute_ref__: absolute }: Schema,
  known: Readonly<Record<string, unknown>>,
): void {
  if (typeof $ref !== 'string' || Object.hasOwn(known, absolute ?? $ref)) return;
  throw new VrskyError('VRS8223', `the schema refers to ${$ref}, which it does not hold`, {
    help: 'Put the schema that is referred to into `definitions`; none is fetched.',
  });
}

function checked(validator: Validator, message: Message): StepResult {
  const { valid, errors } = judge(validator, message);
  if (valid) return { kind: 'pass', message };
  const deepest = errors.filter(({ keyword }) => !containers.has(keyword));
  const found = deepest.length > 0 ? deepest : errors;
  const named = found
    .slice(0, maxNamed)
    .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  const more = found.length > maxNamed ? ` … and ${found.length - maxNamed} more` : '';
  throw new StepError('VRS8224', `The payload does not fit the schema: ${named.join(' ')}${more}`);
}

function judge(
  validator: Validator,
  message: Message,
): { readonly valid: boolean; readonly errors: readonly OutputUnit[] } {
  try {
    return validator.validate(message.payload.value());
  } catch (error) {
    throw asStepError(error);
  }
}

/** Keywords whose errors only repeat that something below them is wrong. */
const containers: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  'patternProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  '$ref',
]);
