// Compiles array constructors and the negation of a number.

import { append } from '../append.ts';
import { type AstNode, operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Scope } from '../scope.ts';
import { isNumeric } from '../values.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';
import { refuseShared } from './side-by-side.ts';

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
  /** A range, which is a new list. */
  readonly isRange: boolean;
}

export function compileArray(node: AstNode, scope: Scope): Evaluator {
  const expressions = node.expressions ?? [];
  refuseShared(expressions, scope);
  const members = expressions.map((expression) => ({
    evaluate: compileNode(expression, scope),
    isArray: expression.value === '[',
    isRange: expression.type === 'binary' && expression.value === '..',
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
      const { evaluate, isArray, isRange } = members[index] as Member;
      const value = evaluate(input, frame);
      if (value === undefined) continue;
      if (isArray || !Array.isArray(value)) list.push(value);
      else if (isRange && index === 0) list = value;
      else list = append(list, value) as unknown[];
    }
    return list;
  };
}
