// Compiles paths that bind names per item (`@$x`, `#$i`, `%`): they carry a stream of tuples.
import { type AstNode, operand, type Stage } from '../ast.ts';
import type { Frame } from '../frame.ts';
import { UNBOUND } from '../frame.ts';
import { mergeSort } from '../merge-sort.ts';
import { tick } from '../run.ts';
import { Scope } from '../scope.ts';
import { newSequence, type Sequence } from '../sequence.ts';
import { namesBoundIn, namesOfTuples } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { keep } from './filter.ts';
import { compileGroupStep } from './group.ts';
import { compileNode } from './node.ts';
import { compileFinish, compileStart, compileStep } from './path.ts';
import { comesAfter, compileTerms } from './sort.ts';
import { compileTupleGroup } from './tuple-group.ts';

/** What one item carries: itself under `@`, and what was bound on the way to it. */
export type Tuple = Record<string, unknown>;

export type Tuples = Sequence & { [index: number]: Tuple };

/** From what came before to the next: plain items until the first step that binds, tuples from there on. */
type Step = (items: unknown[], tuples: Tuples | undefined, frame: Frame) => Tuples;

export function compileTuplePath(node: AstNode, scope: Scope): Evaluator {
  const steps = node.steps ?? [];
  const assigned = namesBoundIn(steps, node.group);
  const inner = new Scope(scope, [...namesOfTuples(node), ...assigned], scope.isDynamic);
  const first = steps.findIndex((step) => step.tuple === true);
  const head = operand(steps[0]);
  const isConstructor = first === 0 && head.consarray === true;
  const start = isConstructor ? compileConstructor(head, scope) : compileStart(head);
  const plain = steps.slice(0, first).map((step, index) => compileStep(step, index, steps[index + 1], scope));
  const binding = steps.slice(isConstructor ? 1 : first).map((step) => compileTupleStep(step, inner));
  const finish = compileTupleFinish(node, scope, inner);
  return (input, frame) => {
    let items: unknown[] | undefined = start(input, frame);
    for (const step of plain) {
      items = step(items, frame);
      if (items === undefined || items.length === 0) return finish(items, undefined, frame);
    }
    let tuples: Tuples | undefined;
    for (const step of binding) tuples = step(items, tuples, frame);
    return finish(undefined, tuples, frame);
  };
}

/** An array constructor in front is taken as it is: what is written behind it binds nothing, and with a focus even its items are lost. */
function compileConstructor(step: AstNode, scope: Scope): (input: unknown, frame: Frame) => unknown[] {
  const evaluate = compileNode(step, scope);
  const start = compileStart(step);
  return (input, frame) => {
    const items = start(input);
    const made = evaluate(items, frame);
    if (step.focus !== undefined) return items;
    if (!Array.isArray(made)) throw new TypeError('a path that binds needs a list');
    return made;
  };
}

type Finish = (items: unknown[] | undefined, tuples: Tuples | undefined, frame: Frame) => unknown;

/** A path whose tuples an outer path still needs hands them out as they are. */
function compileTupleFinish(node: AstNode, scope: Scope, inner: Scope): Finish {
  const group = node.group === undefined ? undefined : compileTupleGroup(node.group, inner);
  const plainGroup = node.group === undefined ? undefined : compileGroupStep(node.group, scope);
  const { group: _group, ...ungrouped } = node;
  const keep = compileFinish(ungrouped, scope);
  const finishPlain = compileFinish(node, scope);
  return (items, tuples, frame) => {
    if (tuples === undefined) return finishPlain(items, frame);
    const kept = keep(node.tuple === true ? tuples : itemsOf(tuples), frame);
    if (group === undefined || plainGroup === undefined) return kept;
    // Sorted tuples are a plain list in the reference.
    return tuples.tupleStream === true ? group(tuples, frame) : plainGroup(tuples, frame);
  };
}

function itemsOf(tuples: Tuples): Sequence {
  const items = newSequence();
  for (const tuple of tuples as readonly Tuple[]) {
    tick();
    items.push(tuple['@']);
  }
  return items;
}

export function frameOf(tuple: Tuple, scope: Scope, outer: Frame): Frame {
  const frame = scope.newFrame(outer);
  for (const [name, slot] of scope.names()) frame[slot] = name in tuple ? tuple[name] : UNBOUND;
  return frame;
}

function newTuples(): Tuples {
  const tuples = newSequence();
  tuples.tupleStream = true;
  return tuples as Tuples;
}

function newTuple(...parts: readonly Tuple[]): Tuple {
  return Object.assign(Object.create(null), ...parts) as Tuple;
}

function tupleOf(item: unknown): Tuple {
  tick();
  return newTuple({ '@': item });
}

function compileTupleStep(step: AstNode, scope: Scope): Step {
  const advance = step.type === 'sort' ? compileTupleSort(step, scope) : compileTupleMap(step, scope);
  const stages = (step.stages ?? []).map((stage) => compileTupleStage(stage, scope, step.type === 'sort'));
  return (items, tuples, frame) => {
    let result = advance(items, tuples, frame);
    for (const stage of stages) result = stage(result, frame);
    return result;
  };
}

function compileTupleMap(step: AstNode, scope: Scope): Step {
  const evaluate = compileNode(step, scope);
  return (items, tuples, frame) => {
    const result = newTuples();
    const stream = tuples ?? (items.map(tupleOf) as Tuples);
    for (const tuple of stream as readonly Tuple[]) {
      tick();
      const value = evaluate(tuple['@'], frameOf(tuple, scope, frame));
      if (value !== undefined) extend(result, tuple, Array.isArray(value) ? value : [value], step);
    }
    return result;
  };
}

function extend(result: Tuples, tuple: Tuple, values: Sequence, step: AstNode): void {
  for (let index = 0; index < values.length; index += 1) {
    tick();
    const value = values[index];
    if (values.tupleStream === true) result.push(newTuple(tuple, value as Tuple));
    else result.push(bind(newTuple(tuple), value, index, step));
  }
}

function bind(tuple: Tuple, value: unknown, index: number, step: AstNode): Tuple {
  const parent = tuple['@'];
  if (step.focus === undefined) tuple['@'] = value;
  else tuple[step.focus] = value;
  if (step.index !== undefined) tuple[step.index] = index;
  if (step.ancestor !== undefined) tuple[step.ancestor.label] = parent;
  return tuple;
}

function compileTupleSort(step: AstNode, scope: Scope): Step {
  const terms = compileTerms(step.terms ?? [], scope);
  const { index } = step;
  const outer = scope.parent as Scope;
  const plainTerms = compileTerms(step.terms ?? [], outer);
  return (items, tuples, frame) => {
    if (tuples === undefined) {
      const sorted = mergeSort(items, (a, b) => comesAfter(plainTerms, a, b, frame, frame, step.position));
      const result = newTuples();
      sorted.forEach((item, at) => {
        tick();
        result.push(newTuple({ '@': item, [String(index)]: at }));
      });
      return result;
    }
    // Sorted before, they are a plain list, whose items are the tuples themselves.
    if (tuples.tupleStream !== true)
      return mergeSort(tuples, (a, b) => comesAfter(plainTerms, a, b, frame, frame, step.position)) as Tuples;
    const sorted = mergeSort(tuples, (a, b) =>
      comesAfter(
        terms,
        (a as Tuple)['@'],
        (b as Tuple)['@'],
        frameOf(a as Tuple, scope, frame),
        frameOf(b as Tuple, scope, frame),
        step.position,
      ),
    ) as Tuples;
    return sorted;
  };
}

/** Only what was sorted may be a plain list, whose items are looked at among the variables outside. */
export function compileTupleStage(
  stage: Stage,
  scope: Scope,
  isSorted: boolean,
): (tuples: Tuples, frame: Frame) => Tuples {
  if (stage.type === 'index') return (tuples) => numberThem(tuples, stage.value);
  if (stage.expr.type === 'number') return pickTuple(Math.floor(stage.expr.value as number));
  const test = compileNode(stage.expr, scope);
  const plainTest = isSorted ? compileNode(stage.expr, scope.parent as Scope) : test;
  return (tuples, frame) => {
    const isStream = tuples.tupleStream === true;
    const results = isStream ? newTuples() : (newSequence() as Tuples);
    for (let index = 0; index < tuples.length; index += 1) {
      tick();
      const tuple = tuples[index] as Tuple;
      const answer = isStream ? test(tuple['@'], frameOf(tuple, scope, frame)) : plainTest(tuple, frame);
      keep(results, tuple, answer, index, tuples.length);
    }
    return results;
  };
}

function numberThem(tuples: Tuples, name: string): Tuples {
  for (let index = 0; index < tuples.length; index += 1) (tuples[index] as Tuple)[name] = index;
  return tuples;
}

function pickTuple(index: number): (tuples: Tuples) => Tuples {
  return (tuples) => {
    const results = tuples.tupleStream === true ? newTuples() : (newSequence() as Tuples);
    const tuple = tuples[index < 0 ? tuples.length + index : index];
    if (tuple !== undefined) results.push(tuple);
    return results;
  };
}
