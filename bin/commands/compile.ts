// vrsky compile: shows what flows become, without a server.
import { Command, Option } from 'commander';
import { compileFlows, environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { print } from '../cli/narrate.ts';

interface CompileOptions {
  readonly tenant: string;
  readonly env?: string;
  readonly format: 'json' | 'mermaid' | 'dot';
}

export function compileCommand(): Command {
  return new Command('compile')
    .description(
      'Print the program that manifests compile to: stages and topology, the same bytes for the same input.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(
      new Option('--format <format>', 'json, or a drawing')
        .choices(['json', 'mermaid', 'dot'])
        .default('json'),
    )
    .addOption(tenantOption())
    .addOption(environmentOption())
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky compile flows\n  vrsky compile flows/invoices.vrsky.yaml --format mermaid\n  vrsky compile flows --env prod',
    )
    .action(showProgram);
}

async function showProgram(paths: readonly string[], options: CompileOptions): Promise<void> {
  const program = await compileFlows(await loadFlows(paths, options.env), options.tenant);
  const { renderDot, renderMermaid } = await import('../../engine/compile/diagram.ts');
  switch (options.format) {
    case 'json':
      return print(JSON.stringify(program, null, 2));
    case 'mermaid':
      return print(renderMermaid(program.flows));
    case 'dot':
      return print(renderDot(program.flows));
  }
}
