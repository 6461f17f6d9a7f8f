// From what AJV reports to mistakes as people make them: one per mistake, without what merely follows from it.
import type { DocumentPath } from './document.ts';
import { isSchema, neededFields, typeOf } from './schema-keywords.ts';
import type { JsonSchema } from './schema-set.ts';
import type { SchemaReader, View } from './schema-view.ts';
import type { SchemaViolation } from './validator.ts';

/** A mistake at one place. `unknown` and `missing` of the same object come together so that a misspelt name is one mistake. */
export type Mistake =
  | {
      readonly kind: 'fields';
      readonly path: DocumentPath;
      readonly unknown: readonly string[];
      readonly missing: readonly string[];
    }
  | { readonly kind: 'type'; readonly path: DocumentPath; readonly types: readonly string[] }
  | { readonly kind: 'value'; readonly path: DocumentPath; readonly allowed: readonly unknown[] }
  | { readonly kind: 'form'; readonly path: DocumentPath; readonly pattern: string }
  | { readonly kind: 'key'; readonly path: DocumentPath; readonly key: string }
  | { readonly kind: 'bounds'; readonly path: DocumentPath; readonly keyword: string; readonly limit: number }
  | { readonly kind: 'excluded'; readonly path: DocumentPath; readonly fields: readonly string[] }
  | { readonly kind: 'one-of'; readonly path: DocumentPath; readonly fields: readonly string[] }
  | { readonly kind: 'needs'; readonly path: DocumentPath; readonly field: string; readonly needed: string }
  | { readonly kind: 'repeated'; readonly path: DocumentPath; readonly first: number }
  | { readonly kind: 'other'; readonly path: DocumentPath; readonly keyword: string };

type Violations = readonly SchemaViolation[];

/** Expects the violations of one document and its value. */
export function mistakesOf(violations: Violations, value: unknown, reader: SchemaReader): readonly Mistake[] {
  const kept = violations
    .filter(
      ({ keyword, propertyName }) =>
        keyword !== 'if' && (propertyName === undefined || keyword === 'propertyNames'),
    )
    .map(ofOwner);
  const byPath = Map.groupBy(kept, (violation) => violation.instancePath);
  const above = new Set([...byPath.keys()].flatMap(ancestors));
  return [...byPath].flatMap(([pointer, group]) => {
    const path = pathOf(pointer, value);
    const view = reader.descend(value, path);
    return atOnePlace(group, path, view, valueAt(value, path), above.has(pointer));
  });
}

/** A field that must not stand beside another is a mistake of what holds both. */
function ofOwner(violation: SchemaViolation): SchemaViolation {
  if (violation.keyword !== 'false schema') return violation;
  const { instancePath } = violation;
  return { ...violation, keyword: 'not', instancePath: instancePath.slice(0, instancePath.lastIndexOf('/')) };
}

/** Every pointer above this one. */
function ancestors(pointer: string): readonly string[] {
  const parts = pointer.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function atOnePlace(
  group: Violations,
  path: DocumentPath,
  view: View,
  value: unknown,
  deeper: boolean,
): readonly Mistake[] {
  const choices = choicesOf(view);
  const inChoice = group.some(({ keyword }) => keyword === 'anyOf');
  const left = inChoice ? withoutOtherBranches(group, value) : group;
  const types = left
    .filter(({ keyword }) => keyword === 'type')
    .flatMap(({ params }) => [params.type as string | string[]].flat());
  if (types.length > 0) return [{ kind: 'type', path, types: [...new Set(types)] }];
  const mistakes = [...fieldMistakes(left, path, choices), ...otherMistakes(left, path, view, value)];
  if (inChoice) mistakes.push(...choiceMistakes(choices, path, value));
  if (mistakes.length === 0 && inChoice && !deeper) mistakes.push({ kind: 'other', path, keyword: 'anyOf' });
  return distinct(withoutConsequences(mistakes));
}

/** An object without its required fields often has too few fields, too. */
function withoutConsequences(mistakes: readonly Mistake[]): readonly Mistake[] {
  const isIncomplete = mistakes.some((mistake) => mistake.kind === 'fields' && mistake.missing.length > 0);
  return mistakes.filter(
    (mistake) => !isIncomplete || mistake.kind !== 'bounds' || mistake.keyword !== 'minProperties',
  );
}

/** Of an `anyOf`, what the branches that are about other types of values complained of is noise. */
function withoutOtherBranches(group: Violations, value: unknown): Violations {
  const isObject = typeOf(value) === 'object';
  const aboutType = (keyword: string) =>
    keyword === 'type' || (isObject && (keyword === 'enum' || keyword === 'const'));
  const specific = group.filter(({ keyword }) => keyword !== 'anyOf' && !aboutType(keyword));
  const structured = isObject || Array.isArray(value);
  return specific.length > 0 || structured ? specific : group.filter(({ keyword }) => keyword === 'type');
}

/** The lists of fields of which one is needed: `anyOf` whose branches are `required` alone. */
function choicesOf(view: View): readonly (readonly string[])[] {
  return view.flatMap(({ schema }) => {
    const branches = Array.isArray(schema.anyOf) ? (schema.anyOf as unknown[]) : [];
    const fields = branches.map(neededFields);
    return fields.length > 0 && fields.every((list) => list !== undefined) ? [fields.flat()] : [];
  });
}

function choiceMistakes(
  choices: readonly (readonly string[])[],
  path: DocumentPath,
  value: unknown,
): readonly Mistake[] {
  return choices
    .filter((fields) => !fields.some((field) => Object.hasOwn(value as object, field)))
    .map((fields) => ({ kind: 'one-of', path, fields }));
}

function fieldMistakes(
  group: Violations,
  path: DocumentPath,
  choices: readonly (readonly string[])[],
): readonly Mistake[] {
  const optional = new Set(choices.flat());
  const missing = group
    .filter(({ keyword }) => keyword === 'required')
    .map(({ params }) => String(params.missingProperty));
  const unknown = group
    .filter(({ keyword }) => keyword === 'additionalProperties')
    .map(({ params }) => String(params.additionalProperty));
  const reallyMissing = [...new Set(missing)].filter((field) => !optional.has(field));
  if (reallyMissing.length + unknown.length === 0) return [];
  return [{ kind: 'fields', path, unknown: [...new Set(unknown)], missing: reallyMissing }];
}

function otherMistakes(group: Violations, path: DocumentPath, view: View, value: unknown): Mistake[] {
  return group.flatMap((violation): Mistake[] => {
    const { keyword, params } = violation;
    switch (keyword) {
      case 'required':
      case 'additionalProperties':
      case 'anyOf':
        return [];
      case 'enum':
        return [{ kind: 'value', path, allowed: params.allowedValues as unknown[] }];
      case 'const':
        return [{ kind: 'value', path, allowed: [params.allowedValue] }];
      case 'pattern':
        return [{ kind: 'form', path, pattern: String(params.pattern) }];
      case 'propertyNames':
        return [{ kind: 'key', path, key: String(params.propertyName) }];
      case 'uniqueItems':
        return [{ kind: 'repeated', path: [...path, Number(params.i)], first: Number(params.j) }];
      case 'dependencies':
        return [
          { kind: 'needs', path, field: String(params.property), needed: String(params.missingProperty) },
        ];
      case 'not':
        return excludedFields(view, value).map((fields) => ({ kind: 'excluded', path, fields }));
      default:
        if (typeof params.limit === 'number') return [{ kind: 'bounds', path, keyword, limit: params.limit }];
        return [{ kind: 'other', path, keyword }];
    }
  });
}

/** Sets of fields that must not stand together and do. */
function excludedFields(view: View, value: unknown): readonly (readonly string[])[] {
  const sets = view.flatMap(({ schema }) => exclusionsOf(schema));
  return sets.filter((fields) => fields.every((field) => Object.hasOwn(value as object, field)));
}

/** `not: { required: [a, b] }`, or `dependencies: { a: { properties: { b: false } } }`, with which editors mark the field itself. */
function exclusionsOf({ not, dependencies }: JsonSchema): readonly (readonly string[])[] {
  const fields = isSchema(not) ? (not.required as string[] | undefined) : undefined;
  const byField = Object.entries(isSchema(dependencies) ? dependencies : {}).flatMap(([field, needs]) => {
    const properties = isSchema(needs) && isSchema(needs.properties) ? needs.properties : {};
    return Object.keys(properties).flatMap((other) => (properties[other] === false ? [[field, other]] : []));
  });
  return fields === undefined ? byField : [fields, ...byField];
}

function distinct(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [...new Map(mistakes.map((mistake) => [JSON.stringify(mistake), mistake])).values()];
}

/** AJV's JSON pointer, with numbers where the document has lists. */
function pathOf(pointer: string, value: unknown): DocumentPath {
  let at = value;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown>)[step];
      return step;
    });
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  return path.reduce((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);
}
