// Compiles what hangs on a block that hands out tuples: predicates and grouping see the bindings of each tuple.
import type { AstNode } from '../ast.ts';
import { Scope } from '../scope.ts';
import type { Sequence } from '../sequence.ts';
import { namesBoundIn, namesOfTuples } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { compileStage } from './filter.ts';
import { compileGroupStep } from './group.ts';
import { compileTupleGroup } from './tuple-group.ts';
import { compileTupleStage, type Tuples } from './tuple-path.ts';

/** `evaluate` yields tuples, or what any other block yields. */
export function compileTupleBlock(node: AstNode, evaluate: Evaluator, scope: Scope): Evaluator {
  const names = [...namesOfTuples(node), ...namesBoundIn(node.predicate, node.group)];
  const inner = new Scope(scope, names, scope.isDynamic);
  const ofStream: Evaluator[] = (node.predicate ?? []).map((stage) => {
    const filter = compileTupleStage(stage, inner, false);
    return (tuples, frame) => filter(tuples as Tuples, frame);
  });
  const ofItems: Evaluator[] = (node.predicate ?? []).map((stage) => compileStage(stage.expr, scope));
  if (node.group !== undefined) {
    const group = compileTupleGroup(node.group, inner);
    ofStream.push((tuples, frame) => group(tuples as Tuples, frame));
    ofItems.push(compileGroupStep(node.group, scope));
  }
  return (input, frame) => {
    let value = evaluate(input, frame);
    for (let index = 0; index < ofItems.length; index += 1) {
      const stages = isStream(value) ? ofStream : ofItems;
      value = (stages[index] as Evaluator)(value, frame);
    }
    return value;
  };
}

function isStream(value: unknown): boolean {
  return Array.isArray(value) && (value as Sequence).tupleStream === true;
}
