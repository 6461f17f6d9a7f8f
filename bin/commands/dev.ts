// vrsky dev: everything in one process, re-applied whenever a manifest changes.
import path from 'node:path';
import { Command, Option } from 'commander';
import type { ConnectionOptions } from '../cli/connection.ts';
import { withConnection } from '../cli/connection.ts';
import { deploy, manualOwner } from '../cli/deploy.ts';
import type { Session } from '../cli/dev-session.ts';
import { ExitWith } from '../cli/exit-code.ts';
import { createLog, type Level } from '../cli/log.ts';
import { environmentOption, loadFlows, tenantOption } from '../cli/manifests.ts';
import { narrate, narrateError, paint } from '../cli/narrate.ts';
import { packageRoot } from '../cli/package.ts';
import { payloadsOption } from '../cli/payloads-option.ts';
import { progressLine } from '../cli/progress.ts';
import { untilSignal } from '../cli/shutdown.ts';
import type { Peers } from '../demo/peers.ts';

interface DevOptions extends ConnectionOptions {
  readonly tenant: string;
  readonly env?: string;
  readonly data: string;
  readonly payloads: string;
  readonly dir: string;
  readonly logLevel: Level;
  readonly demoPeers?: boolean;
}

export function devCommand(): Command {
  return withConnection(new Command('dev'))
    .description(
      'Run flows with an embedded nats-server, re-apply them when their files change, until Ctrl-C.',
    )
    .argument('[paths...]', 'files or folders', ['flows'])
    .addOption(tenantOption())
    .addOption(environmentOption())
    .option('--data <dir>', 'where the embedded server keeps its data', '.vrsky/nats')
    .addOption(payloadsOption())
    .option('--dir <dir>', 'what relative paths in manifests start from', '.')
    .addOption(
      new Option('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .option('--demo-peers', 'start the little servers that the example flows talk to, on port 7710')
    .addHelpText('after', '\nExamples:\n  vrsky dev\n  vrsky dev flows/invoices.vrsky.yaml')
    .action(dev);
}

async function dev(paths: readonly string[], options: DevOptions): Promise<void> {
  const stopped = untilSignal();
  const log = createLog(options.logLevel, 'human');
  const peers = options.demoPeers === true ? await startDemoPeers() : undefined;
  const first = await loadFlows(paths, options.env);
  const { openSession } = await import('../cli/dev-session.ts');
  const session = await openSession({
    ...options,
    dataDirectory: options.data,
    payloadsDirectory: options.payloads,
    announce: true,
    workingDirectory: options.dir,
    graceMs: 10_000,
    log,
  });
  try {
    const follower = new ManifestFollower(paths, options, session);
    await follower.deploy(first);
    await session.startWorker();
    const watcher = await watchManifests(paths, () => follower.changed());
    narrate(`${paint('green', '✓')} running; edit a manifest and it is applied, Ctrl-C ends`);
    process.exitCode = await stopped;
    await watcher.close();
    await follower.settled();
  } finally {
    await session.stop();
    await peers?.close();
  }
}

async function startDemoPeers(): Promise<Peers> {
  const { startPeers } = await import('../demo/peers.ts');
  process.env.VRSKY_SECRET_GITHUB_WEBHOOK_SECRET ??= 'demo-secret';
  return startPeers(path.join(await packageRoot(), 'flows', 'samples'), 7710);
}

/** Applies manifests when they change; a broken edit is shown and leaves what runs running. */
class ManifestFollower {
  readonly #paths: readonly string[];
  readonly #options: Pick<DevOptions, 'tenant' | 'env'>;
  readonly #session: Session;
  #applied = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(paths: readonly string[], options: Pick<DevOptions, 'tenant' | 'env'>, session: Session) {
    this.#paths = paths;
    this.#options = options;
    this.#session = session;
  }

  changed(): void {
    this.#work = this.#work.then(() => this.#reload());
  }

  settled(): Promise<void> {
    return this.#work;
  }

  /** A flow whose manifest went away stops; one that still holds messages stays until they are through. */
  async deploy(flows: Awaited<ReturnType<typeof loadFlows>>): Promise<void> {
    const names = new Set(flows.map((flow) => flow.name));
    const destroy = [...this.#applied].filter((name) => !names.has(name));
    const options = { tenant: this.#options.tenant, owner: manualOwner, plan: { destroy } };
    const { changes } = await deploy(flows, options, this.#session.connected, (progress) => {
      const line = progressLine(progress);
      if (line !== undefined) narrate(`  ${paint('gray', line)}`);
    });
    this.#applied = names;
    if (changes.length === 0) narrate('nothing to change');
  }

  async #reload(): Promise<void> {
    try {
      await this.deploy(await loadFlows(this.#paths, this.#options.env));
      narrate(`${paint('green', '✓')} applied`);
    } catch (error) {
      if (!(error instanceof ExitWith)) narrateError(error);
      narrate(`${paint('yellow', '!')} not applied; what ran before runs on`);
    }
  }
}

const settleMs = 100;

async function watchManifests(
  paths: readonly string[],
  onChange: () => void,
): Promise<{ close(): Promise<void> }> {
  const { watch } = await import('chokidar');
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (file) => path.basename(file).startsWith('.') && path.basename(file) !== '.',
  });
  // Editors write a file in several steps; the last one counts.
  watcher.on('all', (_event, file) => {
    if (!/\.ya?ml$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
