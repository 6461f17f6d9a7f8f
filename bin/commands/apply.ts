// vrsky apply: makes the server hold what the manifests, or a saved plan, say.
import { Command } from 'commander';
import { carryOut } from '../cli/carry-out.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { minReadyOption, type PlanFlags, planOptionsOf, withPlanOptions } from '../cli/plan-options.ts';

interface Options extends ConnectionOptions, PlanFlags {
  readonly tenant: string;
  readonly env?: string;
  readonly yes?: boolean;
  readonly message?: string;
  readonly minReady: number;
}

export function applyCommand(): Command {
  return withPlanOptions(withConnection(new Command('apply')))
    .description(
      'Create and update what flows need on the server, hand them to the workers, wait until they run. Safe to repeat: what was interrupted goes on.',
    )
    .argument('[paths...]', 'files or folders, - reads stdin; or one plan saved by vrsky plan --out', [
      'flows',
    ])
    .addOption(tenantOption())
    .addOption(environmentOption())
    .option('-y, --yes', 'delete and replace without asking')
    .option('-m, --message <text>', 'a line for vrsky history')
    .addOption(minReadyOption())
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky apply flows --server nats://localhost:4222\n  vrsky apply flows/invoices.vrsky.yaml --creds acme.creds\n  vrsky apply flows --prune --yes\n  vrsky apply release.plan',
    )
    .action(apply);
}

async function apply(paths: readonly string[], options: Options): Promise<void> {
  const { readPlan } = await import('../cli/saved-plan.ts');
  const saved = await readPlan(paths);
  const flows = saved === undefined ? await loadFlows(paths, options.env) : [];
  const { openDeployment, planFlows } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky apply');
  try {
    const deployment = await openDeployment(connected);
    const { tenant, owner } = options;
    const request = { tenant, owner, plan: planOptionsOf(options) };
    await carryOut(saved ?? (await planFlows(flows, request, deployment)), deployment, options);
  } finally {
    await connected.broker.close();
  }
}
