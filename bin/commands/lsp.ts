// vrsky lsp: the language server for manifests, over stdin and stdout.
import path from 'node:path';
import { Command } from 'commander';
import { packageRoot, readPackage } from '../cli/package.ts';

export function lspCommand(): Command {
  return new Command('lsp')
    .description(
      'Serve editors over stdin and stdout (Language Server Protocol): what vrsky validate finds while you type, completion of names, functions and fields, hovers, definitions, quick fixes. Runs beside the YAML language server.',
    )
    .option('--stdio', 'as editors say it; the only way there is')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky lsp\n  vrsky lsp --stdio\nEditors start it: see docs/guide/editors.md.',
    )
    .action(lsp);
}

async function lsp(): Promise<void> {
  const { serve } = await import('../lsp/serve.ts');
  const { installedSchemas } = await import('../cli/installed-connectors.ts');
  const { version } = await readPackage();
  await serve({
    schemas: installedSchemas(),
    pages: path.join(await packageRoot(), 'docs', 'errors'),
    version,
  });
}
