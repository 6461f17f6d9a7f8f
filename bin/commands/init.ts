// vrsky init: a new flows repository.
import { statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, paint, print } from '../cli/narrate.ts';
import { packageRoot, readPackage } from '../cli/package.ts';

export function initCommand(): Command {
  return new Command('init')
    .description(
      'Start a repository of flows: an example with its test, schemas and settings for editors, a CI workflow. Keeps every file that is there.',
    )
    .argument('[directory]', 'where to; made when missing', '.')
    .addHelpText('after', '\nExamples:\n  vrsky init my-flows\n  vrsky init')
    .action(init);
}

async function init(directory: string): Promise<void> {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === false) {
    narrate(`${paint('red', 'error')}: ${directory} is not a directory`);
    throw new ExitWith(exitCode.usage);
  }
  const { packageManifest, scaffold, templateFiles } = await import('../init/scaffold.ts');
  const { editorSchemas } = await import('../cli/schemas.ts');
  const template = templateFiles(path.join(await packageRoot(), 'bin', 'init', 'template'));
  const { version } = await readPackage();
  const schemas = [...editorSchemas().schemas].map(
    ([id, schema]) => [`schemas/${id}`, `${JSON.stringify(schema, null, 2)}\n`] as const,
  );
  const files = new Map([...template, ['package.json', packageManifest(directory, version)], ...schemas]);
  const written = scaffold(directory, files);
  const isSchema = ({ file }: { readonly file: string }) => file.startsWith('schemas/');
  for (const { file, outcome } of written.filter((one) => !isSchema(one))) {
    print(
      `${outcome === 'created' ? paint('green', 'created') : paint('yellow', 'kept   ')} ${path.join(directory, file)}`,
    );
  }
  print(`${written.filter(isSchema).length} schemas in ${path.join(directory, 'schemas')}`);
  narrate(`Next: ${directory === '.' ? '' : `cd ${directory} && `}vrsky validate`);
}
