// vrsky suspend: holds a flow, or a source of the reconcile loop; the state is in the cluster, not in git.
import { Command } from 'commander';
import type { SuspensionTarget } from '../../engine/apply/deployment.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, paint } from '../cli/narrate.ts';
import { suspensionTarget } from '../cli/suspension-target.ts';

export function suspendCommand(): Command {
  return withConnection(new Command('suspend'))
    .description(
      'Hold a flow (it accepts and delivers nothing, what it holds waits) or a source (it no longer follows git), until resumed.',
    )
    .argument('<target>', 'flow/<name> or source/<name>', suspensionTarget)
    .option('--intake', 'of a flow: accept nothing, but deliver what waits')
    .option('--reason <text>', 'for those who wonder', '')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky suspend flow/invoices --reason "partner is down"\n  vrsky suspend flow/invoices --intake\n  vrsky suspend source/platform',
    )
    .action(suspend);
}

async function suspend(
  target: SuspensionTarget,
  options: ConnectionOptions & { readonly intake?: boolean; readonly reason: string },
): Promise<void> {
  const { openDeployment } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky suspend');
  try {
    const note = { by: process.env.USER ?? 'somebody', reason: options.reason };
    const scope = options.intake === true ? ('intake' as const) : ('all' as const);
    await (await openDeployment(connected)).suspend(
      target,
      target.kind === 'flow' ? { ...note, scope } : note,
    );
    if (target.kind === 'source') {
      const { nudge } = await import('../../engine/gitops/nudges.ts');
      nudge(connected.broker, target.name);
    }
    const name = `${target.kind}/${target.name}`;
    narrate(`${paint('green', '✓')} ${name} is suspended; \`vrsky resume ${name}\` ends that`);
  } finally {
    await connected.broker.close();
  }
}
