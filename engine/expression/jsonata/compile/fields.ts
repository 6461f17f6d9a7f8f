// Compiles paths that are nothing but fields, the most frequent of all expressions.
import type { AstNode } from '../ast.ts';
import {
  type FieldStep,
  finishValue,
  indexOf,
  isInherited,
  itemAt,
  itemsOf,
  keyOf,
  readAll,
  readThrough,
} from '../field-path.ts';
import { copyItems } from '../long-list.ts';
import { spendOutput, toPlain } from '../plain.ts';
import type { Scope } from '../scope.ts';
import type { Sequence } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import { fresh } from './fresh.ts';
import { compileNode } from './node.ts';
import {
  type FieldUse,
  field,
  fields1,
  fields2,
  fields3,
  fields4,
  fields5,
  fieldsOf,
  finished,
} from './templates/fields.ts';

/** A path as fields, read from the context or from a variable. */
export interface FieldPath {
  readonly start: AstNode | undefined;
  readonly steps: readonly FieldStep[];
}

/** Undefined when `node` is any other expression. */
export function toFieldPath(node: AstNode): FieldPath | undefined {
  if (node.type !== 'path' || node.group !== undefined || node.keepArray || node.keepSingletonArray)
    return undefined;
  const [first, ...rest] = node.steps ?? [];
  if (first === undefined) return undefined;
  const isVariable = first.type === 'variable' && isBare(first);
  const steps = leadingFields(isVariable ? rest : [first, ...rest]);
  if (steps.length === 0 || steps.length < (node.steps as readonly AstNode[]).length - (isVariable ? 1 : 0))
    return undefined;
  return { start: isVariable ? first : undefined, steps };
}

/** The fields that a list of steps begins with. */
export function leadingFields(steps: readonly AstNode[]): readonly FieldStep[] {
  const fields: FieldStep[] = [];
  for (const step of steps) {
    const field = toFieldStep(step);
    if (field === undefined) break;
    fields.push(field);
  }
  // A list that grew has room for more, and most of what an expression keeps are such lists.
  return fields.slice();
}

export function isBare(node: AstNode): boolean {
  return (
    node.predicate === undefined &&
    node.stages === undefined &&
    node.group === undefined &&
    node.tuple !== true &&
    node.keepArray !== true
  );
}

function toFieldStep(node: AstNode): FieldStep | undefined {
  const { stages, ...plain } = node;
  const key = nameOnce(String(node.value));
  if (node.type !== 'name' || !isBare({ ...plain, type: 'name' }) || isInherited(key)) return undefined;
  if (stages === undefined) return key;
  const [stage] = stages;
  if (stages.length !== 1 || stage?.type !== 'filter' || !isIndex(stage.expr)) return undefined;
  return { key, index: Math.floor(stage.expr.value as number) };
}

/**
 * The text as V8 keeps names of properties, each once. One that was cut out of the source is another to its inline caches, which
 * then give up at its second use.
 */
export function nameOnce(name: string): string {
  // Without a prototype an object is a dictionary: no layout is remembered for every name that somebody wrote.
  return Object.keys({ __proto__: null, [name]: true })[0] as string;
}

function isIndex({ type, predicate, group }: AstNode): boolean {
  return type === 'number' && predicate === undefined && group === undefined;
}

export function compileFieldPath({ start, steps }: FieldPath, scope: Scope, use: FieldUse): Evaluator {
  if (start === undefined) return compileFieldsOfContext(steps, use);
  return fresh(fieldsOf)(compileNode(start, scope), compileFields(steps, use));
}

/** What the context is a list of is walked through, however that list was made. */
export function compileFieldsOfContext(steps: readonly FieldStep[], use: FieldUse): Evaluator {
  return compileFields(steps, ofContext.get(use) ?? use);
}

const free = (): void => undefined;

/** A list of several is flagged as a sequence. */
export const flagged: FieldUse = {
  slow: (list, steps, at) => readThrough(itemsOf(list), steps, at, true),
  finish: (value) => finishValue(value, true),
  text: free,
};

/** For those who do not ask whether it is. */
export const unflagged: FieldUse = {
  slow: (list, steps, at) => readThrough(itemsOf(list), steps, at, false),
  finish: (value) => finishValue(value, false),
  text: free,
};

/** For those who go through the items, one of which may be a list. */
export const listed: FieldUse = {
  slow: (list, steps, at) => readAll(itemsOf(list), steps, at),
  finish: (value) => {
    if (typeof value === 'function') return undefined;
    return Array.isArray(value) && (value as Sequence).cons === true ? [value] : value;
  },
  text: free,
};

/** As part of the answer. */
export const plain: FieldUse = {
  slow: (list, steps, at) => toPlain(readThrough(itemsOf(list), steps, at, false)),
  finish: (value) => toPlain(finishValue(value, false)),
  text: (text) => spendOutput(text.length),
};

const ofContext: ReadonlyMap<FieldUse, FieldUse> = new Map(
  [flagged, unflagged, listed, plain].map((use) => [
    use,
    {
      ...use,
      slow: (list, steps, at) =>
        use.slow(at === 0 && (list as Sequence).cons === true ? copyItems(list) : list, steps, at),
    },
  ]),
);

const ofItem: ReadonlyMap<FieldUse, FieldUse> = new Map(
  [...ofContext].map(([item, context]) => [context, item]),
);

/** As many plain fields at once as there are, one by one where an item is picked or the path is long. */
export function compileFields(steps: readonly FieldStep[], use: FieldUse): Evaluator {
  const [first] = steps;
  if (first === undefined) return fresh(finished)(use);
  const isShort = steps.length <= MOST_AT_ONCE && steps.every((step) => typeof step === 'string');
  if (isShort) return compileShort(steps as readonly string[], use);
  // Behind the first step a list that an array constructor made is one item.
  const rest = compileFields(steps.slice(1), ofItem.get(use) ?? use);
  return fresh(field)(keyOf(first), indexOf(first), steps, use, itemAt, rest);
}

const MOST_AT_ONCE = 5;

function compileShort(steps: readonly string[], use: FieldUse): Evaluator {
  const [one, two, three, four, five] = steps as [string, string, string, string, string];
  switch (steps.length) {
    case 1:
      return fresh(fields1)(one, steps, use);
    case 2:
      return fresh(fields2)(one, two, steps, use);
    case 3:
      return fresh(fields3)(one, two, three, steps, use);
    case 4:
      return fresh(fields4)(one, two, three, four, steps, use);
    default:
      return fresh(fields5)(one, two, three, four, five, steps, use);
  }
}
