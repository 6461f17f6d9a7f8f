// Every file of this repository that is generated, with the content it should have.
import { generateValidator } from '../../engine/manifest/compile-validator.ts';
import {
  readSchemas,
  type SchemaSet,
  schemasDirectory,
  withDispatch,
} from '../../engine/manifest/schema-set.ts';
import { renderCliReference } from './cli-reference.ts';
import { withEditorAnnotations } from './editor-annotations.ts';
import { renderManifestReference } from './manifest-reference.ts';
import { connectorTypes, kindTypes, stepTypes } from './schema-types.ts';

/** Contents by path from the top of the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const set = currentSchemas();
  return new Map([
    ...[...set.schemas].map(
      ([id, schema]) => [`schemas/${id}`, `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
    ['engine/manifest/kinds.gen.ts', await kindTypes(set)],
    ['engine/manifest/validators.gen.ts', generateValidator(set)],
    ['engine/steps/config.gen.ts', await stepTypes(set)],
    ...(await connectorTypes(set)),
    ['docs/reference/manifest.md', renderManifestReference(set)],
    ['docs/reference/cli.md', await renderCliReference()],
  ]);
}

/** Whether a file need not be written: JSON counts by what it says, for the formatter lays it out. */
export function isUpToDate(file: string, written: string | undefined, wanted: string): boolean {
  if (written === undefined) return false;
  if (!file.endsWith('.json')) return written === wanted;
  return JSON.stringify(JSON.parse(written)) === JSON.stringify(JSON.parse(wanted));
}

/** The schemas as they lie in the repository, with the unions of Flow and what editors read brought up to what there is. */
function currentSchemas(): SchemaSet {
  const schemas = new Map(readSchemas(schemasDirectory()));
  schemas.set('flow.schema.json', withDispatch(schemas));
  return withEditorAnnotations({ schemas, builtin: true });
}
