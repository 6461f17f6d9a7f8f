// Compiles binary operators.

import { ExpressionError } from '../../expression-error.ts';
import { type AstNode, operand } from '../ast.ts';
import { stringOf } from '../builtins/to-string.ts';
import { fault } from '../fault.ts';
import { reserveItems } from '../long-list.ts';
import { chargeText } from '../long-text.ts';
import { charge, checkLength, checkText } from '../run.ts';
import type { Scope } from '../scope.ts';
import { deepEqual, isNumeric, isTrue } from '../values.ts';
import { type Evaluator, NotCompiled } from './evaluator.ts';
import { fresh } from './fresh.ts';
import { compileNode } from './node.ts';
import * as templates from './templates/operators.ts';

type Operate = (left: unknown, right: unknown) => unknown;

export function compileBinary(node: AstNode, scope: Scope): Evaluator {
  const token = String(node.value);
  const left = compileNode(node.lhs as AstNode, scope);
  const right = compileNode(operand(node.rhs), scope);
  if (token === 'and') return fresh(templates.both)(left, right, isTrue);
  if (token === 'or') return fresh(templates.either)(left, right, isTrue);
  const operate = Object.hasOwn(operators, token) ? operators[token] : undefined;
  if (operate === undefined) throw new NotCompiled(`the operator ${token}`);
  const { position } = node;
  const slow: Operate = (a, b) => {
    try {
      return operate(a, b);
    } catch (error) {
      if (error instanceof ExpressionError) error.position ??= position;
      throw error;
    }
  };
  if (token === '&') return fresh(templates.concatenate)(left, right, slow, checkText);
  return fresh(quick[token] ?? templates.other)(left, right, slow);
}

const quick: Readonly<Record<string, typeof templates.other>> = {
  '+': templates.add,
  '-': templates.subtract,
  '*': templates.multiply,
  '/': templates.divide,
  '=': templates.equal,
  '!=': templates.unequal,
  '<': templates.less,
  '<=': templates.lessOrEqual,
  '>': templates.greater,
  '>=': templates.greaterOrEqual,
  in: templates.isIn,
};

type Calculate = (left: number, right: number) => number;
type Compare = (left: string | number, right: string | number) => boolean;

const operators: Readonly<Record<string, Operate>> = {
  '+': arithmetic('+', (left, right) => left + right),
  '-': arithmetic('-', (left, right) => left - right),
  '*': arithmetic('*', (left, right) => left * right),
  '/': arithmetic('/', (left, right) => left / right),
  '%': arithmetic('%', (left, right) => left % right),
  '=': (left, right) => left !== undefined && right !== undefined && deepEqual(left, right),
  '!=': (left, right) => left !== undefined && right !== undefined && !deepEqual(left, right),
  '<': comparison('<', (left, right) => left < right),
  '<=': comparison('<=', (left, right) => left <= right),
  '>': comparison('>', (left, right) => left > right),
  '>=': comparison('>=', (left, right) => left >= right),
  '&': concatenate,
  '..': range,
  in: isMember,
};

function arithmetic(token: string, calculate: Calculate): Operate {
  return (left, right) => {
    if (left !== undefined && !isNumeric(left)) throw fault('T2001', { value: left, token });
    if (right !== undefined && !isNumeric(right)) throw fault('T2002', { value: right, token });
    return left === undefined || right === undefined ? undefined : calculate(left, right);
  };
}

function isComparable(value: unknown): value is string | number | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number';
}

function comparison(token: string, compare: Compare): Operate {
  return (left, right) => {
    if (!isComparable(left) || !isComparable(right)) {
      throw fault('T2010', {
        value: typeof left === 'string' || typeof left === 'number' ? right : left,
        token,
      });
    }
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right)
      throw fault('T2009', { value: left, token, inserts: { value2: right } });
    if (typeof left === 'string') chargeText(left);
    if (typeof right === 'string') chargeText(right);
    return compare(left, right);
  };
}

function concatenate(left: unknown, right: unknown): string {
  const text = textOf(left) + textOf(right);
  checkText(text.length);
  return text;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : String(stringOf(value));
}

const LONGEST_RANGE = 1e7;
const LONG_RANGE = 4096;

/** A list of its own. */
function range(left: unknown, right: unknown): unknown {
  if (left !== undefined && !Number.isInteger(left)) throw fault('T2003', { value: left });
  if (right !== undefined && !Number.isInteger(right)) throw fault('T2004', { value: right });
  if (left === undefined || right === undefined) return undefined;
  const from = left as number;
  const size = (right as number) - from + 1;
  if (size < 1) return undefined;
  if (size > LONGEST_RANGE) throw fault('D2014', { value: size });
  checkLength(size);
  reserveItems(size);
  // Growing as it is filled, a long list takes four times as long.
  const numbers = size > LONG_RANGE ? new Array<number>(size) : [];
  for (let index = 0; index < size; index += 1) {
    if ((index & 0xfff) === 0xfff) charge(1024);
    numbers[index] = from + index;
  }
  return numbers;
}

function isMember(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  if (typeof left === 'string') chargeText(left);
  if (!Array.isArray(right)) return left === right;
  charge(right.length >> 4);
  if (typeof left === 'string') charge((left.length >> 8) * right.length);
  // Not `includes`: NaN is not a member.
  return right.indexOf(left) !== -1;
}
