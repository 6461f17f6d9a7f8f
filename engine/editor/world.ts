// What the answers to an editor are made from: the files of a workspace as they are checked at this moment.
import type { CompiledFlow } from '../compile/program.ts';
import type { DraftFlow } from '../flow/draft.ts';
import type { DraftStore } from '../flow/object-stores.ts';
import type { ReadFile } from '../flow/sample-files.ts';
import type { SchemaReader } from '../manifest/schema-view.ts';

export interface World {
  readonly reader: SchemaReader;
  /** Reads samples; names are relative to the root of the workspace. */
  readonly readFile: ReadFile;
  readonly exists: (file: string) => boolean;
  /** Every flow, as far as it can be read. */
  readonly drafts: readonly DraftFlow[];
  readonly stores: readonly DraftStore[];
  /** What a flow compiles to; undefined while it has mistakes. */
  readonly compiled: (flow: DraftFlow) => CompiledFlow | undefined;
}
