// vrsky rollback: back to a revision that ran, and no sync that undoes it.
import { Command } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate } from '../cli/narrate.ts';
import { allowDataLossOption, minReadyOption, ownerOption } from '../cli/plan-options.ts';
import { numberArgument } from '../cli/units.ts';

interface Options extends ConnectionOptions {
  readonly owner: string;
  readonly to?: number;
  readonly yes?: boolean;
  readonly allowDataLoss: readonly string[];
  readonly allowMassDelete?: boolean;
  readonly minReady: number;
}

export function rollbackCommand(): Command {
  return withConnection(new Command('rollback'))
    .description(
      "Go back to the last revision that ran, or to a numbered one, and suspend the owner's source so that the next sync does not undo it.",
    )
    .addOption(ownerOption())
    .option('--to <number>', 'the revision, as vrsky history numbers them', numberArgument)
    .option('-y, --yes', 'delete and replace without asking')
    .addOption(allowDataLossOption())
    .option('--allow-mass-delete', 'let it delete everything, or most of what the owner has')
    .addOption(minReadyOption())
    .addHelpText('after', '\nExamples:\n  vrsky rollback\n  vrsky rollback --owner platform --to 12 --yes')
    .action(rollback);
}

async function rollback(options: Options): Promise<void> {
  const { openDeployment } = await import('../cli/deploy.ts');
  const { carryOut } = await import('../cli/carry-out.ts');
  const connected = await openConnection(options, 'vrsky rollback');
  try {
    const deployment = await openDeployment(connected);
    const { owner, to, yes = false, allowDataLoss, allowMassDelete = false } = options;
    const plan = await deployment.planRollback(owner, to, { allowDataLoss, allowMassDelete });
    const message = `rollback to ${to ?? plan.desired.revision}`;
    // First, or a sync that comes in between would undo it.
    await deployment.suspend(
      { kind: 'source', name: owner },
      { by: process.env.USER ?? 'somebody', reason: message },
    );
    narrate(`source ${owner} is suspended: \`vrsky resume source/${owner}\` lets it follow git again`);
    await carryOut(plan, deployment, { yes, message, minReady: options.minReady });
  } finally {
    await connected.broker.close();
  }
}
