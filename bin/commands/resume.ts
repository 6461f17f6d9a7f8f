// vrsky resume: ends a suspension.
import { Command } from 'commander';
import type { SuspensionTarget } from '../../engine/apply/deployment.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, paint } from '../cli/narrate.ts';
import { suspensionTarget } from '../cli/suspension-target.ts';

export function resumeCommand(): Command {
  return withConnection(new Command('resume'))
    .description('Let a suspended flow run, or a suspended source follow git, again.')
    .argument('<target>', 'flow/<name> or source/<name>', suspensionTarget)
    .addHelpText('after', '\nExamples:\n  vrsky resume flow/invoices\n  vrsky resume source/platform')
    .action(resume);
}

async function resume(target: SuspensionTarget, options: ConnectionOptions): Promise<void> {
  const { openDeployment } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky resume');
  try {
    await (await openDeployment(connected)).resume(target);
    if (target.kind === 'source') {
      const { nudge } = await import('../../engine/gitops/nudges.ts');
      nudge(connected.broker, target.name);
    }
    narrate(`${paint('green', '✓')} ${target.kind}/${target.name} goes on`);
  } finally {
    await connected.broker.close();
  }
}
