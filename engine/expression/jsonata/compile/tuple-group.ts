// Compiles grouping behind a path that binds: each group sees the bindings of its tuples.

import { append } from '../append.ts';
import type { GroupNode } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { rememberKeys } from '../key-list.ts';
import { inObjectOrder } from '../object-order.ts';
import { setField } from '../read-field.ts';
import { tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import type { Sequence } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import { checkKey } from './group.ts';
import { compileNode } from './node.ts';
import { frameOf, type Tuple } from './tuple-path.ts';

interface Group {
  readonly tuples: Tuple[];
  readonly pair: number;
}

export function compileTupleGroup(
  group: GroupNode,
  scope: Scope,
): (tuples: Sequence, frame: Frame) => Record<string, unknown> {
  const keys = group.lhs.map(([key]) => compileNode(key, scope));
  const values = group.lhs.map(([, value]) => compileNode(value, scope));
  return (tuples, frame) => {
    const groups = new Map<string, Group>();
    for (const tuple of tuples as readonly Tuple[])
      addKeys(groups, tuple, keys, frameOf(tuple, scope, frame), group);
    const result: Record<string, unknown> = {};
    let count = 0;
    for (const key of inObjectOrder(groups)) {
      tick();
      const found = groups.get(key) as Group;
      const tuple = reduce(found.tuples);
      const context = tuple['@'];
      // As in the reference, the only tuple of a group loses its context with the first key that it has.
      delete tuple['@'];
      const value = (values[found.pair] as Evaluator)(context, frameOf(tuple, scope, frame));
      if (value === undefined) continue;
      setField(result, key, value);
      count += 1;
    }
    rememberKeys(result, count);
    return result;
  };
}

function addKeys(
  groups: Map<string, Group>,
  tuple: Tuple,
  keys: readonly Evaluator[],
  frame: Frame,
  { position }: GroupNode,
): void {
  for (let pair = 0; pair < keys.length; pair += 1) {
    tick();
    const key = checkKey((keys[pair] as Evaluator)(tuple['@'], frame), position);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { tuples: [tuple], pair });
    else if (group.pair !== pair) throw fault('D1009', { value: key, position });
    else group.tuples.push(tuple);
  }
}

/** One tuple whose every name holds what all of them hold; a tuple alone is itself. */
function reduce(tuples: readonly Tuple[]): Tuple {
  const [only, second] = tuples;
  if (only !== undefined && second === undefined) return only;
  const result = Object.assign(Object.create(null), tuples[0]) as Tuple;
  for (const tuple of tuples.slice(1)) {
    tick();
    for (const name of Object.keys(tuple)) result[name] = append(result[name], tuple[name]);
  }
  return result;
}
