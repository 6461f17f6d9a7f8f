// A workspace of one file with a mark at the cursor, for tests.
import type { Source } from '../manifest/source.ts';
import { Workspace } from './workspace.ts';
import type { World } from './world.ts';

const order = {
  id: 'A',
  customer: { name: 'N', city: 'C' },
  lines: [{ sku: 'x', price: 2 }],
  'ship to': 1,
};

export interface Marked {
  readonly world: World;
  readonly source: Source;
  readonly offset: number;
  readonly workspace: Workspace;
}

/** The mark is the only `§`, or else the last `|`. Every sample is the same order. */
export async function testWorld(marked: string, file = 'flows/f.yaml'): Promise<Marked> {
  const offset = marked.includes('§') ? marked.indexOf('§') : marked.lastIndexOf('|');
  const source = { file, text: marked.slice(0, offset) + marked.slice(offset + 1) };
  const workspace = await Workspace.open({ root: '/', readFile: () => Buffer.from(JSON.stringify(order)) });
  workspace.set(source.file, source.text);
  await workspace.update(() => undefined);
  return { world: workspace.world, source, offset, workspace };
}
