// vrsky reconcile: keeps a cluster at what git says.
import { Command, Option } from 'commander';
import type { Pass } from '../../engine/gitops/loop/pass.ts';
import type { SourceEvent } from '../../engine/gitops/loop/source-loop.ts';
import type { SourceDefinition } from '../../engine/gitops/source-definition.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { createLog } from '../cli/log.ts';
import { environmentOption, showDiagnostics, tenantOption } from '../cli/manifests.ts';
import { narrate } from '../cli/narrate.ts';
import { untilSignal } from '../cli/shutdown.ts';
import type { SourceOptions } from '../cli/sources.ts';

interface ReconcileOptions extends ConnectionOptions, SourceOptions {
  readonly once?: boolean;
  readonly webhook?: string;
  readonly data: string;
  readonly logFormat: 'human' | 'json';
}

export function reconcileCommand(): Command {
  return withConnection(new Command('reconcile'))
    .description(
      'Follow git (or a folder, or a bucket): fetch, verify, compile, plan, apply, prune, watch over it. Ctrl-C ends.',
    )
    .argument('[manifests...]', 'files or folders with manifests of kind Source; none with --git')
    .option('--git <url>', 'a repository: https://…, ssh://… or user@host:path, file://… or a path')
    .option('--name <name>', 'the owner of what is applied; that of the repository when absent')
    .option('--ref <ref>', 'branch, tag or commit', 'main')
    .option('--path <folder>', 'the folder with the flows', 'flows')
    .option('--interval <duration>', 'how often to look', '1m')
    .option('--timeout <duration>', 'how long git may take each time', '60s')
    .option('--once', 'a single pass, then end')
    .option('--verify <file>', 'allowed signers (ssh-keygen): apply only what they signed')
    .addOption(
      new Option('--verify-of <what>', 'what must be signed')
        .choices(['head', 'tag', 'every'])
        .default('head'),
    )
    .option('--gpg-keys <file>', 'OpenPGP public keys; with --gpg-fingerprint')
    .option('--gpg-fingerprint <fingerprint...>', 'of the keys that are trusted, all digits')
    .option('--ssh-key <file>', 'a private key for ssh')
    .option('--known-hosts <file>', "keys of hosts; the user's own when absent")
    .addOption(new Option('--git-token <token>', 'sent as a password over https').env('VRSKY_GIT_TOKEN'))
    .option('--webhook <[host]:port>', 'listen for pushes: POST /hooks/NAME, signed')
    .addOption(
      new Option('--webhook-secret <secret>', 'of the webhook (GitHub, GitLab, HMAC)').env(
        'VRSKY_WEBHOOK_SECRET',
      ),
    )
    .option('--notify <url...>', 'POST here when a condition changes')
    .addOption(environmentOption())
    .addOption(tenantOption())
    .option('--no-prune', 'leave flows that are no longer there')
    .addOption(
      new Option('--on-failure <what>', 'when workers cannot run a revision')
        .choices(['hold', 'rollback'])
        .default('hold'),
    )
    .option('--health-patience <duration>', 'how long workers may take', '2m')
    .option('--min-ready <duration>', 'how long a new revision must run without failing', '10s')
    .addOption(
      new Option('--drift <what>', 'what to do about changes by hand')
        .choices(['correct', 'report', 'ignore'])
        .default('correct'),
    )
    .option('--drift-ignore <fields...>', 'such as stream/VRSKY_FLOWS_1:maxBytes; * stands for any text')
    .option('--take-over <owners...>', 'owners whose flows may be taken over; cli: what was applied by hand')
    .option('--allow-force-push', 'follow a ref whose history was rewritten')
    .option('--allow-mass-delete', 'delete even most or all flows')
    .option('--allow-data-loss <objects...>', 'delete these with the messages in them: flow/x, stream/X')
    .addOption(
      new Option('--secrets <dir>', 'folder with one file per secret; VRSKY_SECRET_<NAME> wins').env(
        'VRSKY_SECRETS',
      ),
    )
    .option('--data <dir>', 'where mirrors of repositories are kept', '.vrsky/sources')
    .addOption(new Option('--log-format <format>', 'how to log').choices(['human', 'json']).default('human'))
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky reconcile --git https://git.example.com/acme/flows.git --verify allowed_signers\n  vrsky reconcile --git ./flows.git --path . --once\n  vrsky reconcile sources.yaml --webhook :9000',
    )
    .action(reconcile);
}

async function reconcile(paths: readonly string[], options: ReconcileOptions): Promise<void> {
  requireUnits(options);
  const { sourcesOf } = await import('../cli/sources.ts');
  const sources = await sourcesOf(paths, options);
  const connected = await openConnection(options, 'vrsky reconcile');
  try {
    const follow = await follower(connected, options);
    if (options.once === true) await once(sources, follow);
    else await forever(sources, follow, connected, options);
  } finally {
    await connected.broker.close();
  }
}

function requireUnits({ interval, timeout, healthPatience, minReady }: ReconcileOptions): void {
  const wrong = Object.entries({
    interval,
    timeout,
    'health-patience': healthPatience,
    'min-ready': minReady,
  }).find(([, text]) => !/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/.test(text));
  if (wrong === undefined) return;
  narrate(`error: --${wrong[0]} ${wrong[1]}: write a number with a unit: 500ms, 30s, 5m, 2h`);
  throw new ExitWith(exitCode.usage);
}

type Follow = Awaited<ReturnType<typeof follower>>;

async function follower(connected: Connected, options: ReconcileOptions) {
  const { followSource } = await import('../../engine/gitops/follow-source.ts');
  const { openDeployment } = await import('../../engine/apply/open-deployment.ts');
  const { applyPorts } = await import('../../engine/nats/apply-ports.ts');
  const { installedSchemas } = await import('../cli/installed-connectors.ts');
  const { systemClock } = await import('../../engine/runtime/clock.ts');
  const log = createLog('info', options.logFormat);
  const ports = applyPorts(connected);
  return (source: SourceDefinition) =>
    followSource(source, {
      deployment: openDeployment(ports),
      ports,
      broker: connected.broker,
      clock: systemClock,
      dataDirectory: options.data,
      schemas: installedSchemas(),
      onEvent: (name, event) => log(...logged(event), { source: name }),
      onChange: (name, change) => log('info', `  ${change}`, { source: name }),
      onDiagnostics: (diagnostics, sources) => {
        void showDiagnostics(diagnostics, { format: 'human', sources }, process.stderr);
      },
    });
}

function logged(event: SourceEvent): readonly ['info' | 'warn' | 'error', string] {
  switch (event.kind) {
    case 'transition': {
      const { type, status, reason, message } = event.transition.condition;
      const help = event.help === undefined ? '' : ` (${event.help})`;
      return [isBad(type, status) ? 'error' : 'info', `${type}=${status} ${reason}: ${message}${help}`];
    }
    case 'applied':
      return ['info', `applied ${event.revision.label}: ${event.changes} changes`];
    case 'corrected':
      return ['warn', `put right what was changed by hand: ${event.what.join(', ')}`];
    case 'trouble':
      return ['warn', event.message];
  }
}

function isBad(type: string, status: string): boolean {
  if (type === 'Stalled' || type === 'DriftDetected') return status === 'True';
  return status === 'False' && !['Reconciling', 'Suspended'].includes(type);
}

async function once(sources: readonly SourceDefinition[], follow: Follow): Promise<void> {
  const stop = new AbortController();
  const stopped = untilSignal();
  void stopped.then(() => stop.abort());
  for (const source of sources) {
    const pass = await follow(source).once(stop.signal);
    narrate(summary(source, pass));
    const code = codeOf(pass);
    if (code !== exitCode.done) process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
  }
  if (stop.signal.aborted) process.exitCode = await stopped;
}

function summary({ loop, address }: SourceDefinition, pass: Pass): string {
  if (pass.suspended !== undefined) return `${loop.name} is suspended (${pass.suspended}); nothing was done`;
  if (pass.problem === undefined) {
    const what = pass.changes === 0 ? 'nothing to change' : `${pass.changes} changes`;
    return `✓ ${loop.name}: ${pass.revision?.label} of ${address}, ${what}`;
  }
  const help = pass.problem.help === undefined ? '' : `\n  help: ${pass.problem.help}`;
  return `error ${pass.problem.code}: ${pass.problem.message}${help}`;
}

function codeOf({ outcome, problem }: Pass): number {
  if (problem === undefined) return exitCode.done;
  if (problem.code === 'VRS7020') return exitCode.manifestsInvalid;
  return outcome === 'terminal' && problem.stage !== 'health' ? exitCode.refused : exitCode.failed;
}

async function forever(
  sources: readonly SourceDefinition[],
  follow: Follow,
  { broker }: Connected,
  options: ReconcileOptions,
): Promise<void> {
  const stop = new AbortController();
  const stopped = untilSignal();
  const followed = sources.map(follow);
  const hooks = options.webhook === undefined ? undefined : await listen(options.webhook, sources, broker);
  const running = Promise.all(followed.map((one) => one.run(stop.signal)));
  for (const { loop, address } of sources) narrate(`following ${address} as ${loop.name}`);
  process.exitCode = await Promise.race([stopped, running.then(() => exitCode.done)]);
  stop.abort();
  await hooks?.close();
  await running;
}

async function listen(at: string, sources: readonly SourceDefinition[], broker: Connected['broker']) {
  const { startNudgeServer } = await import('../../engine/gitops/notify/nudge-server.ts');
  const { nudge } = await import('../../engine/gitops/nudges.ts');
  const [, host = '', port = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(at) ?? [];
  if (port === '') {
    narrate(`error: --webhook ${at}: write :9000 or 127.0.0.1:9000`);
    throw new ExitWith(exitCode.usage);
  }
  const secrets = new Map(
    sources.flatMap(({ loop, webhookSecret }) =>
      webhookSecret === undefined ? [] : [[loop.name, webhookSecret] as const],
    ),
  );
  const server = await startNudgeServer({
    port: Number(port),
    ...(host === '' ? {} : { host }),
    secrets,
    onNudge: (source) => nudge(broker, source),
  });
  narrate(`listening for webhooks on port ${server.port}`);
  return server;
}
