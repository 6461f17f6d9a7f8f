// Grouping by one key as a template for `fresh`. It uses its parameters only.
import type { Frame } from '../../frame.ts';
import type { Evaluator } from '../evaluator.ts';
import type { Group } from '../group.ts';

export const groupItems =
  (
    key: Evaluator,
    value: Evaluator,
    check: (key: unknown) => string | undefined,
    newGroup: (data: unknown) => Group,
    addItem: (group: Group, item: unknown) => void,
    inObjectOrder: (groups: ReadonlyMap<string, Group>) => Iterable<string>,
    setField: (target: Record<string, unknown>, key: string, value: unknown) => void,
    rememberKeys: (object: object, count: number) => void,
    tick: () => void,
  ): Evaluator =>
  (input, frame: Frame) => {
    const isList = Array.isArray(input) && input.length > 0;
    // A literal object is built from nothing too.
    const one = Array.isArray(input) ? undefined : input;
    const length = isList ? input.length : 1;
    const groups = new Map<string, Group>();
    for (let index = 0; index < length; index += 1) {
      tick();
      const item: unknown = isList ? input[index] : one;
      const name = check(key(item, frame));
      if (name === undefined) continue;
      const group = groups.get(name);
      if (group === undefined) groups.set(name, newGroup(item));
      else addItem(group, item);
    }
    const result: Record<string, unknown> = {};
    let count = 0;
    for (const name of inObjectOrder(groups)) {
      tick();
      const found = value((groups.get(name) as Group).data, frame);
      if (found === undefined) continue;
      setField(result, name, found);
      count += 1;
    }
    rememberKeys(result, count);
    return result;
  };
