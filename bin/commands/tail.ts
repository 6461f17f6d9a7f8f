// vrsky tail: watches what becomes of a flow's messages, live.
import { Command, Option } from 'commander';
import { control, type TraceEvent } from '../../engine/runtime/trace.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, print } from '../cli/narrate.ts';
import { untilSignal } from '../cli/shutdown.ts';
import { traceLine } from '../cli/trace-line.ts';

export function tailCommand(): Command {
  return withConnection(new Command('tail'))
    .description('Watch what becomes of the messages of a flow, live, until Ctrl-C.')
    .argument('<flow>', 'name of an applied flow')
    .addOption(
      new Option('--format <format>', 'how to show events').choices(['human', 'json']).default('human'),
    )
    .addHelpText('after', '\nExample:\n  vrsky tail invoices')
    .action(tail);
}

const renewMs = 5_000;

async function tail(
  flow: string,
  options: ConnectionOptions & { readonly format: 'human' | 'json' },
): Promise<void> {
  const { findFlow } = await import('../../engine/runtime/deployed-flow.ts');
  const stopped = untilSignal();
  const { broker } = await openConnection(options, 'vrsky tail');
  const watching = new AbortController();
  const renew = () => broker.emit(control.tail(flow), { forMs: 3 * renewMs });
  const timer = setInterval(renew, renewMs);
  try {
    await findFlow(broker, flow);
    const onEvent = (value: unknown) =>
      print(options.format === 'json' ? JSON.stringify(value) : traceLine(value as TraceEvent));
    broker.listen(control.events(flow), onEvent, watching.signal);
    renew();
    narrate(`watching ${flow}; Ctrl-C ends`);
    process.exitCode = await stopped;
  } finally {
    clearInterval(timer);
    watching.abort();
    await broker.close();
  }
}
