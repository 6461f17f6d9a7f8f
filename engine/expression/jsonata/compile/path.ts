// Compiles paths: every step maps the items that the step before found.
import { type AstNode, operand } from '../ast.ts';
import type { Frame } from '../frame.ts';
import { addAll, copyItems } from '../long-list.ts';
import { Procedure } from '../procedure.ts';
import { charge, checkLength, tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { markSequence, newSequence, type Sequence, sequenceOf, unwrap, unwrapKeeping } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import {
  compileFieldPath,
  flagged,
  isBare,
  leadingFields,
  listed,
  toFieldPath,
  unflagged,
} from './fields.ts';
import { compileStage } from './filter.ts';
import { fresh } from './fresh.ts';
import { compileGroup, compileGroupStep } from './group.ts';
import { compileNode } from './node.ts';
import { compileSort } from './sort.ts';
import type { FieldUse } from './templates/fields.ts';
import { mapItems, mapOn } from './templates/lists.ts';
import { compileTuplePath } from './tuple-path.ts';

/** From the items of the step before to the items of this one. */
type Step = (items: unknown[], frame: Frame) => unknown[] | undefined;

/** How the last step of a path is compiled, and whether a result of several is flagged as a sequence. */
export interface PathUse {
  readonly compileLast: (node: AstNode, scope: Scope) => Evaluator;
  readonly marks: boolean;
  /** Of a path of fields alone. */
  readonly fields: FieldUse;
}

const asValue: PathUse = { compileLast: compileNode, marks: true, fields: flagged };

/** A path without sorting, grouping and bindings; undefined for any other. */
export function compileSimplePath(node: AstNode, scope: Scope, use: PathUse): Evaluator | undefined {
  const fields = toFieldPath(node);
  if (fields !== undefined) return compileFieldPath(fields, scope, use.fields);
  const parts = compileParts(node, scope, use);
  if (parts === undefined) return undefined;
  const { read, evaluate } = parts;
  return fresh(mapItems)(read, evaluate, tick, addAll, use.marks ? markSequence : unmarked);
}

/** What a path with its last step apart yields, not flagged as a sequence. */
export function listOf({ read, evaluate }: PathParts): Evaluator {
  return mapItems(read, evaluate, tick, addAll, unmarked);
}

export interface PathParts {
  /** Yields the items before the last step: a list, one item, or nothing. */
  readonly read: Evaluator;
  /** The last step for one of them. */
  readonly evaluate: Evaluator;
}

/** A simple path with its last step apart. */
export function compileParts(node: AstNode, scope: Scope, use: PathUse): PathParts | undefined {
  const steps = node.steps ?? [];
  const last = steps.at(-1);
  if (last === undefined || !isSimple(node, steps)) return undefined;
  const start = compileReader(steps.slice(0, -1), scope);
  const read = steps.slice(start.count, -1).reduce<Evaluator>((before, step) => {
    return fresh(mapOn)(before, compileStaged(step, compileNode(step, scope), scope), tick, addAll);
  }, start.read);
  return { read, evaluate: compileStaged(last, use.compileLast(last, scope), scope) };
}

function isSimple(node: AstNode, steps: readonly AstNode[]): boolean {
  return (
    node.group === undefined &&
    node.keepArray !== true &&
    node.keepSingletonArray !== true &&
    steps[0]?.consarray !== true &&
    !steps.some(({ type, tuple }) => type === 'sort' || tuple === true)
  );
}

interface Reader {
  /** How many steps it takes care of. */
  readonly count: number;
  readonly read: Evaluator;
}

/** The fields that a path begins with, or what it starts from. */
function compileReader(steps: readonly AstNode[], scope: Scope): Reader {
  const [first] = steps;
  const variable = first?.type === 'variable' && isBare(first) ? first : undefined;
  const leading = leadingFields(variable === undefined ? steps : steps.slice(1));
  if (leading.length > 0) {
    const read = compileFieldPath({ start: variable, steps: leading }, scope, unflagged);
    return { count: leading.length + (variable === undefined ? 0 : 1), read };
  }
  return { count: 0, read: first?.type === 'variable' ? asOne : asItems };
}

/** Nothing is something to start from. */
const asOne: Evaluator = (input) => (Array.isArray(input) || input === undefined ? [input] : input);

/** However the list was made. */
const asItems: Evaluator = (input) => {
  if (input === undefined) return [input];
  return Array.isArray(input) && (input as Sequence).cons === true ? copyItems(input) : input;
};

function unmarked(items: unknown[]): unknown[] {
  return items;
}

export function compilePath(node: AstNode, scope: Scope): Evaluator {
  const simple = compileSimplePath(node, scope, asValue);
  if (simple !== undefined) return simple;
  const grouped = compileGroupedFields(node, scope);
  if (grouped !== undefined) return grouped;
  const steps = node.steps ?? [];
  const evaluate = steps.some((step) => step.tuple === true)
    ? compileTuplePath(node, scope)
    : compilePlainPath(node, scope);
  if (node.keepArray === true) return (input, frame) => unwrapKeeping(evaluate(input, frame));
  return (input, frame) => unwrap(evaluate(input, frame));
}

/** `a.b{key: value}` */
function compileGroupedFields({ group, ...path }: AstNode, scope: Scope): Evaluator | undefined {
  const fields = group === undefined ? undefined : toFieldPath(path);
  if (group === undefined || fields === undefined || fields.start !== undefined) return undefined;
  if (!fields.steps.every((step) => typeof step === 'string')) return undefined;
  return compileGroup(group, compileFieldPath(fields, scope, listed), scope);
}

/** The fields that a path begins with are read in one go; the other steps follow one by one. */
function compilePlainPath(node: AstNode, scope: Scope): Evaluator {
  const steps = node.steps ?? [];
  const start = compileBeginning(steps, scope);
  const compiled = steps
    .map((step, index) => ({ step, index }))
    .slice(start.count)
    .map(({ step, index }) => compileStep(step, index, steps[index + 1], scope));
  const finish = compileFinish(node, scope);
  const hasFields = start.count > 0;
  return (input, frame) => {
    let items: unknown[] | undefined = start.items(input, frame);
    // The first step is taken even from an empty list: the list that it yields is not the input's own.
    for (let index = 0; index < compiled.length; index += 1) {
      if (items === undefined || (items.length === 0 && (index > 0 || hasFields))) break;
      items = (compiled[index] as Step)(items, frame);
    }
    return finish(items, frame);
  };
}

interface Beginning {
  /** How many steps it takes care of. */
  readonly count: number;
  items(input: unknown, frame: Frame): unknown[];
}

/** At least the last step is left, and every step that wants its own array. */
function compileBeginning(steps: readonly AstNode[], scope: Scope): Beginning {
  const first = operand(steps[0]);
  const start = compileStart(first);
  const variable = first.type === 'variable' && isBare(first) ? first : undefined;
  const candidates = variable === undefined ? steps : steps.slice(1);
  const fields = leadingFields(candidates.slice(0, -1));
  if (fields.length === 0) return { count: 0, items: start };
  const isSorted = candidates[fields.length]?.type === 'sort';
  const read = compileFieldPath({ start: variable, steps: fields }, scope, unflagged);
  return {
    count: fields.length + (variable === undefined ? 0 : 1),
    items: (input, frame) => {
      const value = read(input, frame);
      if (value === undefined) return newSequence();
      if (!Array.isArray(value) || (value as Sequence).cons === true) return sequenceOf(value);
      // What is handed on as it is must not be the input's own list.
      return value.length === 0 || isSorted ? markSequence(copyItems(value)) : value;
    },
  };
}

/** A list is walked through unless the path begins with a variable. */
export function compileStart(first: AstNode): (input: unknown) => unknown[] {
  if (first.type === 'variable') return (input) => sequenceOf(input);
  return (input) => (Array.isArray(input) ? input : sequenceOf(input));
}

/** `[]` keeps one result in its array; `{…}` behind the path groups. */
export function compileFinish(
  node: AstNode,
  scope: Scope,
): (items: unknown[] | undefined, frame: Frame) => unknown {
  const group = node.group === undefined ? undefined : compileGroupStep(node.group, scope);
  const keeps = node.keepSingletonArray === true;
  if (group === undefined && !keeps) return (items) => items;
  return (items, frame) => {
    const kept = keeps ? keepSingleton(items) : items;
    return group === undefined ? kept : group(kept, frame);
  };
}

function keepSingleton(items: Sequence | undefined): Sequence {
  const kept = items ?? newSequence();
  if (kept.sequence === true) {
    kept.keepSingleton = true;
    return kept;
  }
  if (kept.cons !== true) return kept;
  const wrapped = sequenceOf(kept);
  wrapped.keepSingleton = true;
  return wrapped;
}

export function compileStep(step: AstNode, index: number, next: AstNode | undefined, scope: Scope): Step {
  if (step.type === 'sort') return compileSortStep(step, scope);
  const evaluate = compileNode(step, scope);
  if (index === 0 && step.consarray === true) {
    // Sorting leaves alone what is no list.
    const isWhole = next === undefined || (next.type === 'sort' && next.tuple !== true);
    return (items, frame) => {
      const value = evaluate(items, frame);
      return (isWhole ? value : membersOf(value)) as unknown[] | undefined;
    };
  }
  return mapStep(compileStaged(step, evaluate, scope), next === undefined);
}

/** A predicate turns an array constructor into one item, which the reference walks through as if it were a list: a text by its characters. */
function membersOf(value: unknown): unknown {
  if (Array.isArray(value) || value === undefined || value === '') return value;
  const { length } = value as ArrayLike<unknown>;
  if (typeof length !== 'number' || value instanceof Procedure) return newSequence();
  if (length === 0) return value;
  checkLength(length);
  charge(length >> 4);
  return Array.from({ length }, (_, index) => (value as ArrayLike<unknown>)[index]);
}

function compileStaged(step: AstNode, evaluate: Evaluator, scope: Scope): Evaluator {
  const stages = (step.stages ?? []).map((stage) =>
    stage.type === 'filter' ? compileStage(stage.expr, scope) : undefined,
  );
  return stages.reduce<Evaluator>(
    (inner, stage) => (stage === undefined ? inner : (input, frame) => stage(inner(input, frame), frame)),
    evaluate,
  );
}

function compileSortStep(step: AstNode, scope: Scope): Step {
  const sort = compileSort(step, scope);
  const stages = (step.stages ?? []).flatMap((stage) =>
    stage.type === 'filter' ? [compileStage(stage.expr, scope)] : [],
  );
  return (items, frame) => {
    let sorted: unknown = sort(items, frame);
    for (const stage of stages) sorted = stage(sorted, frame);
    return sorted as unknown[];
  };
}

/** Lists found by an item flatten into the result, except those that an array constructor made. */
function mapStep(evaluate: Evaluator, isLast: boolean): Step {
  return (items, frame) => {
    const results: unknown[] = [];
    let count = 0;
    let first: unknown;
    for (let index = 0; index < items.length; index += 1) {
      tick();
      const value = evaluate(items[index], frame);
      if (value === undefined) continue;
      if (count === 0) first = value;
      count += 1;
      if (!Array.isArray(value) || (value as Sequence).cons === true) results.push(value);
      else addAll(value, results);
    }
    // The only result of the last step is that list itself.
    if (isLast && count === 1 && Array.isArray(first) && (first as Sequence).sequence !== true) return first;
    return markSequence(results);
  };
}
