// vrsky status: what is running, what waits, what was given up on.
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrateError } from '../cli/narrate.ts';
import { durationArgument } from '../cli/units.ts';

interface Options extends ConnectionOptions {
  readonly format: 'human' | 'json';
  readonly watch?: boolean;
  readonly interval: number;
}

export function statusCommand(): Command {
  return withConnection(new Command('status'))
    .description(
      'Show owners and flows with their conditions and revisions, and per stage what waits, for how long, what is in flight and what was given up on.',
    )
    .argument('[flow]', 'only this flow')
    .option('-w, --watch', 'show it again and again, until Ctrl-C')
    .addOption(
      new Option('--interval <duration>', 'how often with --watch')
        .argParser(durationArgument)
        .default(2_000, '2s'),
    )
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky status\n  vrsky status invoices --watch\n  vrsky status invoices --format json',
    )
    .action(status);
}

async function status(flow: string | undefined, options: Options): Promise<void> {
  const { showStatus } = await import('../cli/show-status.ts');
  const connected = await openConnection(options, 'vrsky status');
  try {
    await showStatus(connected, flow, options.format);
    if (options.watch === true) await watch(() => showStatus(connected, flow, options.format), options);
  } finally {
    await connected.broker.close();
  }
}

async function watch(show: () => Promise<void>, { format, interval }: Options): Promise<void> {
  const { untilSignal } = await import('../cli/shutdown.ts');
  let stopped = false;
  const over = untilSignal().then((code) => {
    stopped = true;
    process.exitCode = code;
  });
  while (!stopped) {
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, interval))]);
    if (stopped) return;
    // On a terminal the picture stays in place.
    if (format === 'human' && process.stdout.isTTY) process.stdout.write('\x1b[2J\x1b[H');
    // A server that is away comes back.
    await show().catch((error: unknown) => narrateError(error));
  }
}
