// The JSON Schemas of this installation, for editors.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  builtinSchemas,
  type JsonSchema,
  type SchemaSet,
  withConnectors,
} from '../../engine/manifest/schema-set.ts';
import { withEditorAnnotations } from '../generate/editor-annotations.ts';
import { installedConnectors } from './installed-connectors.ts';

/** The built-in schemas and those of the connectors, with what editors read. */
export function editorSchemas(
  connectors: readonly { readonly id: string; readonly schema: JsonSchema }[] = installedConnectors(),
): SchemaSet {
  return withEditorAnnotations(withConnectors(builtinSchemas(), connectors));
}

/** Writes every schema below a directory, as the references between them expect. Returns the files, relative to the directory. */
export function writeSchemas(directory: string, set: SchemaSet): readonly string[] {
  for (const [id, schema] of set.schemas) {
    const file = path.join(directory, id);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  }
  return [...set.schemas.keys()];
}
