// Compiles paths that are nothing but fields, the most frequent of all expressions.
import type { AstNode } from '../ast.ts';
import { type FieldStep, finishValue, isInherited, itemsOf, readFields, readThrough } from '../field-path.ts';
import type { Scope } from '../scope.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';

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
  return fields;
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
  const key = String(node.value);
  if (node.type !== 'name' || !isBare({ ...plain, type: 'name' }) || isInherited(key)) return undefined;
  if (stages === undefined) return { key, index: undefined };
  const [stage] = stages;
  if (stages.length !== 1 || stage?.type !== 'filter' || !isIndex(stage.expr)) return undefined;
  return { key, index: Math.floor(stage.expr.value as number) };
}

function isIndex({ type, predicate, group }: AstNode): boolean {
  return type === 'number' && predicate === undefined && group === undefined;
}

/** `marks` says whether a list of several is flagged as a sequence. */
export function compileFieldPath({ start, steps }: FieldPath, scope: Scope, marks: boolean): Evaluator {
  if (start === undefined) return compileFields(steps, marks);
  const from = compileNode(start, scope);
  const fields = compileFields(steps, marks);
  return (input, frame) => {
    const value = from(input, frame);
    return value === undefined ? undefined : fields(value, frame);
  };
}

export function compileFields(steps: readonly FieldStep[], marks: boolean): Evaluator {
  const [first, second, third, fourth] = steps;
  const isPlain = steps.every(({ index }) => index === undefined);
  if (!isPlain || first === undefined) return (input) => readFields(input, steps, marks);
  if (second === undefined) return compileOne(first.key, steps, marks);
  if (third === undefined) return compileTwo(first.key, second.key, steps, marks);
  if (fourth === undefined) return compileThree(first.key, second.key, third.key, steps, marks);
  return (input) => readFields(input, steps, marks);
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileOne(key: string, steps: readonly FieldStep[], marks: boolean): Evaluator {
  return (input) => {
    if (isObject(input)) {
      const value = input[key];
      return typeof value === 'object' || typeof value === 'function' ? finishValue(value, marks) : value;
    }
    return Array.isArray(input) ? readThrough(itemsOf(input), steps, 0, marks) : undefined;
  };
}

function compileTwo(one: string, two: string, steps: readonly FieldStep[], marks: boolean): Evaluator {
  return (input) => {
    if (isObject(input)) {
      const inner = input[one];
      if (isObject(inner)) {
        const value = inner[two];
        return typeof value === 'object' || typeof value === 'function' ? finishValue(value, marks) : value;
      }
      return Array.isArray(inner) ? readThrough(itemsOf(inner), steps, 1, marks) : undefined;
    }
    return Array.isArray(input) ? readThrough(itemsOf(input), steps, 0, marks) : undefined;
  };
}

function compileThree(
  one: string,
  two: string,
  three: string,
  steps: readonly FieldStep[],
  marks: boolean,
): Evaluator {
  return (input) => {
    if (isObject(input)) {
      const outer = input[one];
      if (isObject(outer)) {
        const inner = outer[two];
        if (isObject(inner)) {
          const value = inner[three];
          return typeof value === 'object' || typeof value === 'function' ? finishValue(value, marks) : value;
        }
      }
    }
    return readFields(input, steps, marks);
  };
}
