// vrsky plan: what applying would change, and what somebody changed on the server.
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { narrate } from '../cli/narrate.ts';
import { type PlanFlags, planOptionsOf, withPlanOptions } from '../cli/plan-options.ts';

interface Options extends ConnectionOptions, PlanFlags {
  readonly tenant: string;
  readonly env?: string;
  readonly out?: string;
  readonly exitCode?: boolean;
  readonly format: 'human' | 'json';
}

export function planCommand(): Command {
  return withPlanOptions(withConnection(new Command('plan')))
    .description(
      'Show what applying would change on the server, field by field, and what somebody changed there since. Changes nothing.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(tenantOption())
    .addOption(environmentOption())
    .option('--out <file>', 'save the plan, for vrsky apply')
    .option('--exit-code', 'end with 2 when there are changes or drift')
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky plan\n  vrsky plan flows --prune --exit-code\n  vrsky plan flows --env prod --out release.plan && vrsky apply release.plan',
    )
    .action(plan);
}

async function plan(paths: readonly string[], options: Options): Promise<void> {
  const flows = await loadFlows(paths, options.env);
  const { openDeployment, planFlows } = await import('../cli/deploy.ts');
  const { showPlan } = await import('../cli/show-plan.ts');
  const connected = await openConnection(options, 'vrsky plan');
  try {
    const { tenant, owner } = options;
    const request = { tenant, owner, plan: planOptionsOf(options) };
    const made = await planFlows(flows, request, await openDeployment(connected));
    await showPlan(made, options.format);
    if (options.out !== undefined) {
      const { writePlan } = await import('../cli/saved-plan.ts');
      await writePlan(options.out, made);
      narrate(`saved as ${options.out}; carry it out with: vrsky apply ${options.out}`);
    }
    if (made.refusals.length > 0) throw new ExitWith(exitCode.refused);
    if (options.exitCode === true && made.changes.length + made.drift.length > 0)
      throw new ExitWith(exitCode.changes);
  } finally {
    await connected.broker.close();
  }
}
