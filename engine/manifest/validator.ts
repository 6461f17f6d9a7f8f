// Finds the function that checks a document against the schemas: generated in advance for the built-in set, compiled otherwise.
import { createHash } from 'node:crypto';
import type { SchemaSet } from './schema-set.ts';

/** One violation as AJV reports it. */
export interface SchemaViolation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The key, for violations of `propertyNames`. */
  readonly propertyName?: string;
}

/** Every violation of a document, empty when it fits. */
export type Validator = (value: unknown) => readonly SchemaViolation[];

/** What AJV makes: a function that leaves its errors on itself. */
export interface AjvFunction {
  (value: unknown): unknown;
  errors?: readonly SchemaViolation[] | null;
}

const validators = new WeakMap<SchemaSet, Promise<Validator>>();

/** The validator of a set, made once. */
export function validatorOf(set: SchemaSet): Promise<Validator> {
  const known = validators.get(set);
  if (known !== undefined) return known;
  const made = load(set).then(asValidator);
  validators.set(set, made);
  return made;
}

/** Identifies the content of a set. */
export function digestOf(set: SchemaSet): string {
  const hash = createHash('sha256');
  for (const [id, schema] of set.schemas) hash.update(id).update(JSON.stringify(schema));
  return hash.digest('hex').slice(0, 16);
}

/** Generated code starts faster and needs no code generation from strings; it serves only the schemas it was made from. */
async function load(set: SchemaSet): Promise<AjvFunction> {
  if (set.builtin) {
    const generated = await import('./validators.gen.ts');
    if (generated.digest === digestOf(set)) return generated.validate;
  }
  const { compileValidator } = await import('./compile-validator.ts');
  return compileValidator(set);
}

function asValidator(validate: AjvFunction): Validator {
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
