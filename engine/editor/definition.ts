// Where that is which is named at the cursor: a node, a flow, a store, a file.
import path from 'node:path';
import { FILE_START } from '../diagnostics/diagnose.ts';
import type { Range } from '../diagnostics/diagnostic.ts';
import type { Source } from '../manifest/source.ts';
import { type Cursor, cursorAt, marked } from './cursor.ts';
import { namedNodeAt, namesAt } from './names.ts';
import type { World } from './world.ts';

export interface Definition {
  readonly file: string;
  readonly range: Range;
}

export function definition(source: Source, offset: number, world: World): Definition | undefined {
  const cursor = cursorAt(source, offset, world.reader);
  if (cursor === undefined) return undefined;
  if (cursor.part === 'value' && marked(cursor, 'x-file') === true) return fileAt(cursor, source.file, world);
  const named =
    namesAt(cursor, world)?.find(({ name }) => name === cursor.value.trim()) ?? namedNodeAt(cursor, world);
  return named && { file: named.file, range: named.range };
}

/** Samples and files of tests are named from their manifest, files of connectors from where the engine runs. */
function fileAt({ value }: Cursor, manifest: string, { exists }: World): Definition | undefined {
  const name = value.trim();
  const places = path.isAbsolute(name)
    ? [name]
    : [path.join(path.dirname(manifest), name), path.normalize(name)];
  const file = places.find(exists);
  return file === undefined ? undefined : { file, range: FILE_START };
}
