// Finds the function that checks a document against the schemas: generated in advance for the built-in set, compiled otherwise.
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

/** Tells a set from what it was before a change; as a FNV hash, since `node:crypto` alone takes 10 ms to load. */
export function digestOf(set: SchemaSet): string {
  const text = JSON.stringify([...set.schemas]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return `${text.length.toString(16)}-${(hash >>> 0).toString(16)}`;
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
