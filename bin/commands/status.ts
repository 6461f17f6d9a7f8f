// vrsky status: what is running, what waits, what was given up on.
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, paint, print } from '../cli/narrate.ts';
import { renderTable } from '../cli/table.ts';

export function statusCommand(): Command {
  return withConnection(new Command('status'))
    .description('Show flows, their stages and what waits in them, dead letters, and the workers.')
    .argument('[flow]', 'only this flow')
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText('after', '\nExamples:\n  vrsky status\n  vrsky status invoices --format json')
    .action(showStatus);
}

async function showStatus(
  flow: string | undefined,
  options: ConnectionOptions & { readonly format: 'human' | 'json' },
): Promise<void> {
  const { readStatus } = await import('../../engine/runtime/status.ts');
  const connected = await openConnection(options, 'vrsky status');
  try {
    const status = await readStatus(connected.broker, connected.cluster, flow);
    if (options.format === 'json') return print(JSON.stringify(status, null, 2));
    if (status.flows.length === 0) narrate('no flows are applied; `vrsky apply flows` applies some');
    for (const view of status.flows) print(renderFlow(view));
    for (const { flow: name, reason } of status.stalled)
      print(`${paint('red', '✗')} ${name} cannot start: ${reason}`);
    narrate(
      `server ${status.serverVersion} · ${status.workers} worker${status.workers === 1 ? '' : 's'} · ${status.deadLetters} dead letters`,
    );
  } finally {
    await connected.broker.close();
  }
}

type FlowStatus = Awaited<
  ReturnType<typeof import('../../engine/runtime/status.ts').readStatus>
>['flows'][number];

function renderFlow(view: FlowStatus): string {
  const rows = view.stages.map((stage) => [
    stage.stage + (stage.retiring ? ' (retiring)' : ''),
    String(stage.waiting),
    String(stage.inFlight),
    String(stage.redelivered),
  ]);
  const { accepted, filtered, deadLettered, retried } = view.counts;
  const counts = `accepted ${accepted} · filtered ${filtered} · dead ${deadLettered} · retried ${retried}`;
  return `${view.flow}  ${view.digest}  ${view.stream}  ${counts}\n${renderTable(['stage', 'waiting', 'in flight', 'redelivered'], rows)}\n`;
}
