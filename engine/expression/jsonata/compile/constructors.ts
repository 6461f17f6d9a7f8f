// Compiles array constructors and the negation of a number.

import { append } from '../append.ts';
import { type AstNode, operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Scope } from '../scope.ts';
import { isNumeric } from '../values.ts';
import { namesBoundIn } from './bound-names.ts';
import { type Evaluator, NotCompiled } from './evaluator.ts';
import { compileNode } from './node.ts';

export function compileNegation(node: AstNode, scope: Scope): Evaluator {
  const evaluate = compileNode(operand(node.expression), scope);
  return (input, frame) => {
    const value = evaluate(input, frame);
    if (value === undefined) return undefined;
    if (!isNumeric(value)) throw fault('D1002', { value, position: node.position, token: '-' });
    return -value;
  };
}

interface Member {
  readonly evaluate: Evaluator;
  /** An array constructor inside another nests; everything else is appended. */
  readonly isArray: boolean;
}

export function compileArray(node: AstNode, scope: Scope): Evaluator {
  const expressions = node.expressions ?? [];
  refuseAssignments(expressions);
  const members = expressions.map((expression) => ({
    evaluate: compileNode(expression, scope),
    isArray: expression.value === '[',
  }));
  const build = compileMembers(members);
  if (node.consarray !== true) return build;
  return (input, frame) => {
    const list = build(input, frame) as unknown[];
    Object.defineProperty(list, 'cons', { value: true });
    return list;
  };
}

function compileMembers(members: readonly Member[]): Evaluator {
  return (input, frame) => {
    let list: unknown[] = [];
    for (let index = 0; index < members.length; index += 1) {
      const { evaluate, isArray } = members[index] as Member;
      const value = evaluate(input, frame);
      if (value === undefined) continue;
      if (isArray || !Array.isArray(value)) list.push(value);
      else list = append(list, value) as unknown[];
    }
    return list;
  };
}

/** The package evaluates members side by side, so that what one binds the others see sometimes. */
export function refuseAssignments(members: readonly AstNode[]): void {
  if (members.length > 1 && namesBoundIn(...members).size > 0) {
    throw new NotCompiled('an assignment inside an array or object constructor');
  }
}
