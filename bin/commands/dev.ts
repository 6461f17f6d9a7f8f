// vrsky dev: everything in one process, re-applied whenever a manifest changes.
import path from 'node:path';
import { Command, Option } from 'commander';
import type { ConnectionOptions } from '../cli/connection.ts';
import { withConnection } from '../cli/connection.ts';
import { deploy, manualOwner } from '../cli/deploy.ts';
import type { Session } from '../cli/dev-session.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
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
  if (paths.includes('-')) {
    narrate(
      `${paint('red', 'error')}: dev follows files as they change; write files or folders instead of -`,
    );
    throw new ExitWith(exitCode.usage);
  }
  const stopped = untilSignal();
  const closing: (() => Promise<void>)[] = [];
  try {
    const { follow, stop } = await watchManifests(paths);
    closing.push(stop);
    const first = await loadFlows(paths, options.env);
    if (options.demoPeers === true) closing.push((await startDemoPeers()).close);
    const { openSession } = await import('../cli/dev-session.ts');
    const session = await openSession({
      ...options,
      dataDirectory: options.data,
      payloadsDirectory: options.payloads,
      announce: true,
      workingDirectory: options.dir,
      graceMs: 10_000,
      log: createLog(options.logLevel, 'human'),
    });
    closing.push(session.stop);
    const follower = new ManifestFollower(paths, options, session);
    await follower.deploy(first);
    await session.startWorker();
    narrate(`${paint('green', '✓')} running; edit a manifest and it is applied, Ctrl-C ends`);
    const following = follow(() => follower.reload());
    process.exitCode = await stopped;
    await stop();
    await following;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** Notices changes from when it resolves, and tells of them from when `follow` is called, one at a time. */
async function watchManifests(paths: readonly string[]) {
  const { watchFiles } = await import('../cli/watch-files.ts');
  const { isManifestFile } = await import('../../engine/manifest/read-sources.ts');
  const watching = new AbortController();
  const changes = watchFiles(paths, watching.signal, { only: (file) => isManifestFile(file) });
  await changes.next();
  return {
    follow: async (onChange: () => Promise<void>) => {
      for await (const _ of changes) await onChange();
    },
    stop: async () => {
      watching.abort();
      await changes.return();
    },
  };
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

  constructor(paths: readonly string[], options: Pick<DevOptions, 'tenant' | 'env'>, session: Session) {
    this.#paths = paths;
    this.#options = options;
    this.#session = session;
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

  async reload(): Promise<void> {
    try {
      await this.deploy(await loadFlows(this.#paths, this.#options.env));
      narrate(`${paint('green', '✓')} applied`);
    } catch (error) {
      if (!(error instanceof ExitWith)) narrateError(error);
      narrate(`${paint('yellow', '!')} not applied; what ran before runs on`);
    }
  }
}
