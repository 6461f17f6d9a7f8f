// vrsky play: a message after every step of a flow, side by side, again after every change.

import { styleText } from 'node:util';
import { Command } from 'commander';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { environmentOption } from '../cli/manifests.ts';
import { untilSignal } from '../cli/shutdown.ts';
import type { Size } from '../play/live-view.ts';
import type { ViewOptions } from '../play/view.ts';

interface PlayCommandOptions extends ViewOptions {
  readonly once?: string | true;
}

export function playCommand(): Command {
  return new Command('play')
    .description(
      'Show a message after every step of a flow, side by side, with the time of each step; runs again whenever a file changes. In memory: nothing is contacted or delivered.',
    )
    .argument('<flow>', 'name of a flow, or its file')
    .argument('[paths...]', 'where a flow is looked for by its name', ['flows'])
    .option('-m, --message <file>', 'the message; the sample of the consumer when absent')
    .option('--once [file]', 'show it once, with this message, and leave')
    .option('--at <node>', 'the consumer or step where it comes in; the first consumer when absent')
    .option('--type <content-type>', 'content type; by the file name when absent')
    .option('--key <key>', 'the message key')
    .option('--header <name:value...>', 'headers')
    .option('--answer <step=file...>', 'what the lookup of an enrich step answers: JSON')
    .addOption(environmentOption())
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky play orders\n  vrsky play flows/orders.vrsky.yaml --once flows/samples/order.json\n  vrsky play orders --at pick-list --message order.json',
    )
    .action(play);
}

async function play(wanted: string, paths: readonly string[], options: PlayCommandOptions): Promise<void> {
  if (options.once === undefined) return playLive(wanted, paths, options);
  const { viewOf } = await import('../play/view.ts');
  const { sizeOf } = await import('../play/live-view.ts');
  const message = typeof options.once === 'string' ? { message: options.once } : {};
  const { problems, draw, code } = await viewOf(wanted, paths, { ...options, ...message });
  process.stderr.write(problems);
  // Also on a terminal all of it: it can be scrolled.
  if (draw !== undefined) process.stdout.write(draw({ width: sizeOf(process.stdout).width }));
  if (code !== exitCode.done) throw new ExitWith(code);
}

async function playLive(
  wanted: string,
  paths: readonly string[],
  options: PlayCommandOptions,
): Promise<void> {
  const { viewOf } = await import('../play/view.ts');
  const { showLive } = await import('../play/live-view.ts');
  const { message } = await viewOf(wanted, paths, options);
  const manifests = /\.ya?ml$/i.test(wanted) ? [wanted] : paths;
  const answers = options.answer?.map((one) => one.slice(one.indexOf('=') + 1)) ?? [];
  const leave = new AbortController();
  void untilSignal().then((code) => {
    process.exitCode = code;
    leave.abort();
  });
  await showLive(
    {
      paths: [...manifests, ...answers, ...(message === undefined ? [] : [message])],
      run: async () => {
        const { problems, draw } = await viewOf(wanted, paths, options);
        return (size) => `${problems}${draw?.(size) ?? ''}\n${footer(size)}`;
      },
      stdout: process.stdout,
      stdin: process.stdin,
    },
    leave,
  );
}

function footer({ height }: Size): string {
  if (height === undefined) return '';
  return `${styleText('gray', 'runs again when a file changes; q leaves', { stream: process.stdout })}\n`;
}
