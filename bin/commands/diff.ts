// vrsky diff: the fields that differ between the manifests and the server.
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { ownerOption } from '../cli/plan-options.ts';

interface Options extends ConnectionOptions {
  readonly tenant: string;
  readonly owner: string;
  readonly env?: string;
  readonly exitCode?: boolean;
  readonly format: 'human' | 'json';
}

export function diffCommand(): Command {
  return withConnection(new Command('diff'))
    .description(
      'Show how the server differs from the manifests: changed fields, what is missing there, and what only it has. Changes nothing.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(tenantOption())
    .addOption(environmentOption())
    .addOption(ownerOption())
    .option('--exit-code', 'end with 2 when something differs')
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText('after', '\nExamples:\n  vrsky diff\n  vrsky diff flows/invoices.vrsky.yaml --exit-code')
    .action(diff);
}

/** What applying and pruning would do, whether that is allowed or not. */
async function diff(paths: readonly string[], options: Options): Promise<void> {
  const flows = await loadFlows(paths, options.env);
  const { openDeployment, planFlows } = await import('../cli/deploy.ts');
  const { showPlan } = await import('../cli/show-plan.ts');
  const connected = await openConnection(options, 'vrsky diff');
  try {
    const { tenant, owner } = options;
    const request = { tenant, owner, plan: { prune: true, allowMassDelete: true } };
    const plan = await planFlows(flows, request, await openDeployment(connected));
    await showPlan(plan, options.format);
    if (options.exitCode === true && plan.changes.length + plan.drift.length > 0)
      throw new ExitWith(exitCode.changes);
  } finally {
    await connected.broker.close();
  }
}
