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

/** A connector that does not come with this package. */
export interface InstalledConnector {
  readonly id: string;
  readonly schema: JsonSchema;
}

/**
 * Connectors of further packages. There is no way to install one yet: this is the one place to find them once there is, for `vrsky schema`
 * here as for the checker (`CheckOptions.schemas`).
 */
export function installedConnectors(): readonly InstalledConnector[] {
  return [];
}

/** The built-in schemas and those of the connectors, with what editors read. */
export function editorSchemas(connectors: readonly InstalledConnector[] = installedConnectors()): SchemaSet {
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
