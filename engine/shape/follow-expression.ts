// Follows a shape through a JSONata expression: what comes out of it, and which paths lead to fields that cannot be there.
import { type AstNode, operand, type Pair, pairsOf, type Stage } from '../expression/jsonata/ast.ts';
import { mapped, OVER_ITEMS, resultOf } from './builtin-results.ts';
import {
  ANY,
  type Field,
  fieldOf,
  isClosed,
  isNothing,
  listOf,
  OPEN_OBJECT,
  objectOf,
  oneOf,
  perhapsMany,
  type Shape,
  scalar,
  union,
  unionOf,
} from './shape.ts';

/** A field that the value it is asked of cannot have. */
export interface DeadPath {
  readonly name: string;
  /** Offset in the expression after the name, as the parser has it. */
  readonly end: number;
  /** What the field was asked of. */
  readonly of: Shape;
}

export interface Followed {
  readonly result: Shape;
  readonly dead: readonly DeadPath[];
}

/** `ast` is what the parser of engine/expression gives. What is not understood gives anything and complains of nothing. */
export function followExpression(ast: AstNode, input: Shape): Followed {
  const follower = new Follower(input);
  try {
    return { result: follower.follow(ast, input, MESSAGE_SCOPE), dead: follower.dead };
  } catch (error) {
    // Nested too deeply to be followed.
    if (error instanceof RangeError) return { result: ANY, dead: [] };
    throw error;
  }
}

/** The shape of what a field of this name is first asked of; undefined when the expression has no such field or nothing is known. */
export function shapeAsked(ast: AstNode, input: Shape, name: string): Shape | undefined {
  const follower = new Follower(input, name);
  try {
    follower.follow(ast, input, MESSAGE_SCOPE);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return follower.asked;
}

type Scope = ReadonlyMap<string, Shape>;

const MESSAGE_SCOPE: Scope = new Map([
  ['headers', OPEN_OBJECT],
  ['key', ANY],
]);

const NUMERIC = new Set(['+', '-', '*', '/', '%']);

class Follower {
  readonly dead: DeadPath[] = [];
  /** What the watched field was asked of. */
  asked: Shape | undefined;
  readonly #root: Shape;
  readonly #watched: string | undefined;
  /** Above zero while looking at something that asks whether a field is there. */
  #quiet = 0;

  constructor(root: Shape, watched?: string) {
    this.#root = root;
    this.#watched = watched;
  }

  follow(node: AstNode, context: Shape, scope: Scope): Shape {
    let shape = this.#value(node, context, scope);
    for (const stage of [...(node.predicate ?? []), ...(node.type === 'path' ? [] : (node.stages ?? []))])
      shape = this.#stage(stage, shape, scope);
    return node.group === undefined ? shape : this.#object(node.group.lhs, perhapsMany(shape), scope);
  }

  #value(node: AstNode, context: Shape, scope: Scope): Shape {
    switch (node.type) {
      case 'path':
        return this.#path(node, context, scope);
      case 'name':
        return this.#name(node, context);
      case 'string':
        return scalar('string');
      case 'number':
        return scalar('number');
      case 'value':
        return scalar(node.value === null ? 'null' : 'boolean');
      case 'variable':
        return this.#variable(String(node.value), context, scope);
      case 'unary':
        return this.#unary(node, context, scope);
      case 'binary':
        return this.#binary(node, context, scope);
      case 'condition':
        return this.#condition(node, context, scope);
      case 'block':
        return this.#block(node, context, scope);
      case 'bind':
        return this.follow(operand(node.rhs), context, scope);
      case 'function':
        return this.#call(node, context, scope);
      case 'lambda':
        this.#lambda(node, [], context, scope);
        return ANY;
      case 'apply':
        this.follow(node.lhs as AstNode, context, scope);
        return ANY;
      default:
        return ANY;
    }
  }

  #path({ steps = [], keepSingletonArray }: AstNode, context: Shape, scope: Scope): Shape {
    // Steps that look upwards or name what they pass are followed no further.
    if (
      steps.some(
        ({ focus, index, tuple, ancestor, type }) =>
          focus ?? index ?? tuple ?? ancestor ?? (type === 'parent' || undefined),
      )
    )
      return ANY;
    let shape = context;
    for (const [at, step] of steps.entries()) {
      shape = this.#step(step, shape, at === 0, scope);
      for (const stage of step.stages ?? []) shape = this.#stage(stage, shape, scope);
      if (shape.any || isNothing(shape)) {
        for (const later of steps.slice(at + 1)) this.#step(later, ANY, false, scope);
        return shape;
      }
    }
    return keepSingletonArray === true ? listOf(oneOf(shape)) : shape;
  }

  #step(step: AstNode, shape: Shape, isFirst: boolean, scope: Scope): Shape {
    if (step.type === 'name') return this.#name(step, shape);
    if (step.type === 'wildcard') {
      const { object } = oneOf(shape);
      return object === undefined || object.open
        ? ANY
        : perhapsMany(unionOf([...object.fields.values()].map((field) => field.shape)));
    }
    if (step.type === 'sort') {
      for (const { expression } of step.terms ?? []) this.follow(expression, oneOf(shape), scope);
      return shape;
    }
    const bare = { ...step, stages: undefined } as unknown as AstNode;
    return isFirst ? this.follow(bare, shape, scope) : perhapsMany(this.follow(bare, oneOf(shape), scope));
  }

  #name(node: AstNode, shape: Shape): Shape {
    const name = String(node.value);
    if (name === this.#watched && !shape.any) this.asked ??= shape;
    const found = fieldOf(shape, name);
    if (!isNothing(found) || !isClosed(shape)) return isNothing(found) ? ANY : found;
    if (this.#quiet > 0) return found;
    this.dead.push({ name, end: node.position ?? 0, of: shape });
    return ANY;
  }

  #variable(name: string, context: Shape, scope: Scope): Shape {
    if (name === '') return context;
    if (name === '$') return this.#root;
    return scope.get(name) ?? ANY;
  }

  #unary(node: AstNode, context: Shape, scope: Scope): Shape {
    if (node.value === '{') return this.#object(pairsOf(node), context, scope);
    if (node.value !== '[') {
      this.follow(operand(node.expression), context, scope);
      return scalar('number');
    }
    const items = (node.expressions ?? []).map((item) => {
      const shape = this.follow(item, context, scope);
      // Of a list in a list only a sequence is taken apart.
      return item.type === 'unary' && item.value === '[' ? shape : oneOf(shape);
    });
    return listOf(items.length === 0 ? ANY : unionOf(items));
  }

  #object(pairs: readonly Pair[], context: Shape, scope: Scope): Shape {
    let isOpen = false;
    const fields = pairs.flatMap(([key, value]): (readonly [string, Field])[] => {
      const shape = this.follow(value, context, scope);
      if (key.type === 'string') return [[String(key.value), { shape, optional: false }]];
      this.follow(key, context, scope);
      isOpen = true;
      return [];
    });
    return objectOf(fields, isOpen);
  }

  #binary(node: AstNode, context: Shape, scope: Scope): Shape {
    const [left, right] = [node.lhs as AstNode, operand(node.rhs)];
    const isLogical = node.value === 'and' || node.value === 'or';
    // `a and a.b > 1`: the first asks whether it is there.
    const tested = isLogical ? testedBy(left) : undefined;
    const isDead = tested !== undefined && isNothing(this.#ask(tested, context, scope));
    if (tested === undefined) this.follow(left, context, scope);
    if (isDead || (isLogical && right.type === 'path')) this.#ask(right, context, scope);
    else this.follow(right, context, scope);
    if (NUMERIC.has(String(node.value))) return scalar('number');
    if (node.value === '&') return scalar('string');
    return node.value === '..' ? listOf(scalar('integer')) : scalar('boolean');
  }

  /** `x ? x : y`, `x ?? y`, `$exists(x) ? x : y` ask for what may be missing: one of the two branches is for messages unlike the sample. */
  #condition({ condition, then, else: otherwise }: AstNode, context: Shape, scope: Scope): Shape {
    const tested = testedBy(operand(condition));
    if (tested === undefined) {
      this.follow(operand(condition), context, scope);
      const first = this.follow(operand(then), context, scope);
      return otherwise === undefined ? first : union(first, this.follow(otherwise, context, scope));
    }
    const isDead = isNothing(this.#ask(tested, context, scope));
    const first = isDead
      ? this.#ask(operand(then), context, scope)
      : this.follow(operand(then), context, scope);
    if (otherwise === undefined) return first;
    const second = isDead ? this.follow(otherwise, context, scope) : this.#ask(otherwise, context, scope);
    return union(first, second);
  }

  #block({ expressions = [] }: AstNode, context: Shape, scope: Scope): Shape {
    const inner = new Map(scope);
    let last: Shape = ANY;
    for (const expression of expressions) {
      last = this.follow(expression, context, inner);
      if (expression.type === 'bind') inner.set(String((expression.lhs as AstNode).value), last);
    }
    return last;
  }

  #call({ procedure, arguments: args = [] }: AstNode, context: Shape, scope: Scope): Shape {
    const name =
      procedure?.type === 'variable' && !scope.has(String(procedure.value)) ? String(procedure.value) : '';
    if (procedure !== undefined && name === '') this.follow(procedure, context, scope);
    if (name === 'exists') for (const arg of args) this.#ask(arg, context, scope);
    if (name === 'exists') return scalar('boolean');
    const [first] = args;
    const shapes = args.map((arg) => (arg.type === 'lambda' ? ANY : this.follow(arg, context, scope)));
    const item = OVER_ITEMS.has(name) && first !== undefined ? oneOf(shapes[0] as Shape) : ANY;
    const results = args
      .filter((arg) => arg.type === 'lambda')
      .map((arg) => this.#lambda(arg, name === 'sort' ? [item, item] : [item], context, scope));
    if (name === 'map') return mapped(results[0] ?? ANY);
    return resultOf(name, shapes);
  }

  /** What the function gives when its parameters are these; parameters beyond them may be anything. */
  #lambda(node: AstNode, given: readonly Shape[], context: Shape, scope: Scope): Shape {
    const parameters = (node.arguments ?? []).map(
      (parameter, at) => [String(parameter.value), given[at] ?? ANY] as const,
    );
    return this.follow(operand(node.body), context, new Map([...scope, ...parameters]));
  }

  #stage(stage: Stage, shape: Shape, scope: Scope): Shape {
    if (stage.type !== 'filter') return shape;
    this.follow(stage.expr, oneOf(shape), scope);
    return perhapsMany(oneOf(shape));
  }

  #ask(node: AstNode, context: Shape, scope: Scope): Shape {
    this.#quiet++;
    const shape = this.follow(node, context, scope);
    this.#quiet--;
    return shape;
  }
}

/** The path whose being there a condition asks for. */
function testedBy(condition: AstNode): AstNode | undefined {
  if (condition.type === 'path') return condition;
  if (condition.type === 'block' && condition.expressions?.length === 1)
    return testedBy(operand(condition.expressions[0]));
  const asks = condition.type === 'function' && condition.procedure?.value === 'exists';
  return asks ? condition.arguments?.[0] : undefined;
}
