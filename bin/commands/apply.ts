// vrsky apply: makes the server hold what the manifests say.
import { Command } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { narrate, paint } from '../cli/narrate.ts';
import { narrateProgress } from '../cli/progress.ts';

export function applyCommand(): Command {
  return withConnection(new Command('apply'))
    .description(
      'Create and update what flows need on the server, then hand them to the workers. Safe to repeat.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(tenantOption())
    .addOption(environmentOption())
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky apply flows --server nats://localhost:4222\n  vrsky apply flows/invoices.vrsky.yaml --creds acme.creds',
    )
    .action(apply);
}

async function apply(
  paths: readonly string[],
  options: ConnectionOptions & { readonly tenant: string; readonly env?: string },
): Promise<void> {
  const flows = await loadFlows(paths, options.env);
  const { deploy, manualOwner } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky apply');
  try {
    const plan = { tenant: options.tenant, owner: manualOwner };
    const { changes } = await deploy(flows, plan, connected, narrateProgress);
    const count = `${flows.length} flow${flows.length === 1 ? '' : 's'}`;
    narrate(
      `${paint('green', '✓')} ${count}, ${changes.length === 0 ? 'nothing to change' : `${changes.length} changes`}`,
    );
  } finally {
    await connected.broker.close();
  }
}
