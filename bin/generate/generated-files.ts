// Everything that is generated: validators and types from the schemas, references from schemas and commands.
import { generateValidator } from '../../engine/manifest/compile-validator.ts';
import { builtinSchemas, schemasDirectory } from '../../engine/manifest/schema-set.ts';
import { renderCliReference } from './cli-reference.ts';
import { configTypes } from './config-types.ts';
import { renderManifestReference } from './manifest-reference.ts';

/** Content by path from the project root. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const set = builtinSchemas();
  return new Map([
    ...(await configTypes(set.schemas, schemasDirectory())),
    ['engine/manifest/validators.gen.ts', generateValidator(set)],
    ['docs/reference/cli.md', renderCliReference()],
    ['docs/reference/manifest.md', renderManifestReference(set.schemas)],
  ]);
}
