// Completion: what the schema cannot offer. Fields, types and values are the YAML language server's.
import type { Source } from '../manifest/source.ts';
import { completeExpression } from './complete-expression.ts';
import { cursorAt, marked } from './cursor.ts';
import { expressionAt } from './expression-at.ts';
import { flowOf, namesAt } from './names.ts';
import type { Proposal } from './proposal.ts';
import type { World } from './world.ts';

export function complete(source: Source, offset: number, world: World): readonly Proposal[] {
  const cursor = cursorAt(source, offset, world.reader);
  if (cursor === undefined) return [];
  const expression = expressionAt(cursor);
  if (expression !== undefined) return completeExpression(cursor, expression, world);
  const names = namesAt(cursor, world);
  if (names === undefined) return [];
  const replaces = /[\w-]*$/.exec(cursor.value.slice(0, cursor.at))?.[0].length ?? 0;
  const own = ownName(cursor.path, flowOf(cursor, world));
  const also = marked(cursor, 'x-ref-also');
  const words = typeof cursor.path.at(-1) !== 'number' && Array.isArray(also) ? also.map(String) : [];
  return [
    ...names
      .filter(({ name }) => name !== own)
      .map(({ name, what }): Proposal => ({ kind: 'name', label: name, detail: what, replaces })),
    ...words.map((word): Proposal => ({ kind: 'name', label: word, replaces })),
  ];
}

/** Of the step in which a target is written: it cannot be its own. */
function ownName(path: readonly unknown[], flow: ReturnType<typeof flowOf>): string | undefined {
  return path[1] === 'steps' ? flow?.steps.find((step) => step.path[2] === path[2])?.name : undefined;
}
