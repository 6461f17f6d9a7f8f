// vrsky schema: the JSON Schemas of manifests, for editors.
import path from 'node:path';
import { Command } from 'commander';
import { narrate, print } from '../cli/narrate.ts';

interface SchemaOptions {
  readonly out: string;
}

export function schemaCommand(): Command {
  return new Command('schema')
    .description(
      'Write the JSON Schemas of manifests, those of installed connectors included: editors read them for completion, hovers and checks.',
    )
    .option('--out <directory>', 'where to', 'schemas')
    .addHelpText('after', '\nExamples:\n  vrsky schema\n  vrsky schema --out .vscode/vrsky')
    .action(schema);
}

async function schema({ out }: SchemaOptions): Promise<void> {
  const { editorSchemas, writeSchemas } = await import('../cli/schemas.ts');
  const files = writeSchemas(out, editorSchemas());
  for (const file of files) print(path.join(out, file));
  narrate(`${files.length} files; begin a manifest with`);
  narrate(`# yaml-language-server: $schema=${path.join(path.relative('flows', out), 'vrsky.schema.json')}`);
}
