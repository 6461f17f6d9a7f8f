// vrsky history: the states that flows were in, who made them, and whether they ran.
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, print } from '../cli/narrate.ts';
import { ownerName } from '../cli/plan-options.ts';
import { renderTable } from '../cli/table.ts';

export function historyCommand(): Command {
  return withConnection(new Command('history'))
    .description('List what was applied: the last twenty revisions of every owner, newest first.')
    .addOption(new Option('--owner <name>', 'only of this owner').argParser(ownerName))
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText('after', '\nExamples:\n  vrsky history\n  vrsky history --owner platform --format json')
    .action(history);
}

async function history(
  options: ConnectionOptions & { readonly owner?: string; readonly format: 'human' | 'json' },
): Promise<void> {
  const { openDeployment } = await import('../cli/deploy.ts');
  const connected = await openConnection(options, 'vrsky history');
  try {
    const revisions = await (await openDeployment(connected)).history(options.owner);
    if (options.format === 'json') return print(JSON.stringify(revisions, null, 2));
    if (revisions.length === 0) return narrate('nothing was applied yet');
    const rows = revisions.map(({ owner, number, revision, at, by, flows, healthy, proving, message }) => [
      owner,
      String(number),
      revision,
      at,
      by,
      String(Object.keys(flows).length),
      proving === true ? 'proving' : healthy ? 'yes' : 'no',
      message,
    ]);
    print(renderTable(['owner', '#', 'revision', 'when', 'by', 'flows', 'healthy', 'message'], rows));
  } finally {
    await connected.broker.close();
  }
}
