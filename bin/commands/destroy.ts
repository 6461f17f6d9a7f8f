// vrsky destroy: takes a flow off the server.
import { Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, paint } from '../cli/narrate.ts';
import { throwUnlessApplied } from '../cli/outcome.ts';
import { narrateProgress } from '../cli/progress.ts';

export function destroyCommand(): Command {
  return withConnection(new Command('destroy'))
    .description(
      'Take a flow off the server: its JetStream consumers, subjects and cursors. Refuses while messages wait in it.',
    )
    .argument('<flow>', 'flow/<name>', flowName)
    .option('--allow-data-loss', 'delete waiting messages too')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky destroy flow/invoices\n  vrsky destroy flow/invoices --allow-data-loss',
    )
    .action(destroy);
}

function flowName(text: string): string {
  const match = /^(?:flow\/)?([a-z0-9-]+)$/.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError('write flow/<name>');
  return match[1];
}

async function destroy(
  flow: string,
  options: ConnectionOptions & { readonly allowDataLoss?: boolean },
): Promise<void> {
  const { openDeployment } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky destroy');
  try {
    const deployment = await openDeployment(connected);
    const allowDataLoss = options.allowDataLoss === true ? [`flow/${flow}`] : [];
    const plan = await deployment.planDestroy(flow, { allowDataLoss });
    const outcome = await deployment.apply(plan, {
      onProgress: narrateProgress,
      message: `destroy flow/${flow}`,
    });
    throwUnlessApplied(outcome);
    const waiting = plan.changes.reduce((sum, { dataAtStake }) => sum + (dataAtStake?.messages ?? 0), 0);
    const lost = allowDataLoss.length > 0 ? waiting : 0;
    narrate(`${paint('green', '✓')} ${flow} is gone${lost > 0 ? `, and ${lost} messages with it` : ''}`);
  } finally {
    await connected.broker.close();
  }
}
