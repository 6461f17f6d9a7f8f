// vrsky dlq: dead letters, listed, shown, retried, discarded.
import { Command, Option } from 'commander';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import type { DeadLetterView } from '../../engine/runtime/dead-letter-box.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, narrateError, paint, print } from '../cli/narrate.ts';
import { renderTable } from '../cli/table.ts';
import { numberArgument } from '../cli/units.ts';

type Format = { readonly format: 'human' | 'json' };
const formatOption = () =>
  new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human');

export function dlqCommand(): Command {
  const dlq = new Command('dlq')
    .description('Dead letters: messages given up on, with their cause.')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky dlq ls\n  vrsky dlq retry 17 18\n  vrsky dlq retry --flow invoices',
    );
  dlq.addCommand(
    withConnection(new Command('ls'))
      .description('List dead letters.')
      .option('--flow <name>', 'only of this flow')
      .option('--limit <n>', 'at most so many', numberArgument, 100)
      .addOption(formatOption())
      .addHelpText('after', '\nExample:\n  vrsky dlq ls --flow invoices')
      .action(list),
  );
  dlq.addCommand(
    withConnection(new Command('show'))
      .description('Show one dead letter with its causes and payload.')
      .argument('<number>', 'as `ls` shows it', numberArgument)
      .addOption(formatOption())
      .addHelpText('after', '\nExample:\n  vrsky dlq show 17')
      .action(show),
  );
  dlq.addCommand(
    chosen('retry', 'Hand dead letters to their stage again; attempts and deadline start over.').action(
      (numbers, options) => settle('retry', numbers, options),
    ),
  );
  dlq.addCommand(
    chosen('discard', 'Delete dead letters for good.').action((numbers, options) =>
      settle('discard', numbers, options),
    ),
  );
  return dlq;
}

function chosen(verb: 'retry' | 'discard', description: string): Command {
  return withConnection(new Command(verb))
    .description(description)
    .argument('[numbers...]', 'as `ls` shows them', gathered)
    .option('--flow <name>', 'all of this flow')
    .option('--code <VRSnnnn>', 'of these only the ones with this code')
    .addHelpText(
      'after',
      `\nExamples:\n  vrsky dlq ${verb} 17 18\n  vrsky dlq ${verb} --flow invoices --code VRS8301`,
    );
}

/** Commander hands over what came before. */
function gathered(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, numberArgument(text)];
}

async function list(
  options: ConnectionOptions & Format & { readonly flow?: string; readonly limit: number },
): Promise<void> {
  const { listDeadLetters } = await import('../../engine/runtime/dead-letter-box.ts');
  const { broker, cluster } = await openConnection(options, 'vrsky dlq');
  try {
    const views: DeadLetterView[] = [];
    for await (const { view } of listDeadLetters(cluster, options.flow)) {
      views.push(view);
      if (views.length >= options.limit) break;
    }
    if (options.format === 'json') return print(JSON.stringify(views, null, 2));
    if (views.length === 0) return narrate('no dead letters');
    const rows = views.map((view) => [
      String(view.number),
      view.flow,
      view.node,
      view.code,
      view.because,
      view.at,
      (view.causes[0] ?? '').slice(0, 80),
    ]);
    print(renderTable(['#', 'flow', 'at', 'code', 'because', 'when', 'cause'], rows));
  } finally {
    await broker.close();
  }
}

async function show(number: number, options: ConnectionOptions & Format): Promise<void> {
  const { findDeadLetter } = await import('../../engine/runtime/dead-letter-box.ts');
  const { broker, cluster } = await openConnection(options, 'vrsky dlq');
  try {
    const { view, stored } = await findDeadLetter(cluster, number);
    const payload = Buffer.from(stored.data);
    if (options.format === 'json')
      return print(JSON.stringify({ ...view, payload: payload.toString('base64') }, null, 2));
    for (const [name, value] of Object.entries(view))
      if (name !== 'causes' && name !== 'reference')
        narrate(`${paint('gray', name.padEnd(12))} ${String(value)}`);
    for (const cause of view.causes) narrate(`${paint('red', 'because')}      ${cause}`);
    process.stdout.write(payload);
    narrate('');
  } finally {
    await broker.close();
  }
}

interface ChosenOptions extends ConnectionOptions {
  readonly flow?: string;
  readonly code?: string;
}

async function settle(
  verb: 'retry' | 'discard',
  numbers: readonly number[] | undefined,
  options: ChosenOptions,
): Promise<void> {
  if (numbers === undefined && options.flow === undefined) {
    narrate(`${paint('red', 'error')}: name dead letters by number, or all of a flow with --flow`);
    throw new ExitWith(exitCode.usage);
  }
  const box = await import('../../engine/runtime/dead-letter-box.ts');
  const { PayloadHolders } = await import('../../engine/payload/holders.ts');
  const { buckets } = await import('../../engine/compile/topology.ts');
  const { broker, cluster } = await openConnection(options, 'vrsky dlq');
  try {
    const holders = new PayloadHolders(() => broker.bucket(buckets.payloads));
    let count = 0;
    let refused = 0;
    for await (const { view, stored } of pick(numbers ?? [], options)) {
      if (options.code !== undefined && view.code !== options.code) continue;
      try {
        if (verb === 'retry') await box.retryDeadLetter(stored, cluster, broker, Date.now());
        else await box.discardDeadLetter(stored, cluster, holders);
        count++;
      } catch (error) {
        // It stays; those behind it are not to blame.
        if (!(error instanceof VrskyError) || error.retryable) throw error;
        narrateError(error);
        refused++;
      }
    }
    narrate(`${verb === 'retry' ? 'handed on again' : 'discarded'}: ${count}`);
    if (refused > 0) throw new ExitWith(exitCode.failed);
  } finally {
    await broker.close();
  }

  async function* pick(wanted: readonly number[], { flow }: ChosenOptions) {
    if (wanted.length === 0) {
      // What fails again while this runs becomes a new dead letter behind the last one of now.
      const last =
        (await cluster.listStreams()).find((stream) => stream.spec.name === 'VRSKY_DEAD')?.lastSequence ?? 0;
      for await (const letter of box.listDeadLetters(cluster, flow)) {
        if (letter.view.number > last) return;
        yield letter;
      }
    }
    for (const number of wanted) yield await box.findDeadLetter(cluster, number);
  }
}
