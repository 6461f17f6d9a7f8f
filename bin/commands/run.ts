// vrsky run: a worker that runs whatever was applied, until told to stop.
import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { type ListenAddress, listenAddress } from '../cli/listen-address.ts';
import { createLog, type Level } from '../cli/log.ts';
import { payloadsOption } from '../cli/payloads-option.ts';
import { untilSignal } from '../cli/shutdown.ts';
import { countArgument, durationArgument } from '../cli/units.ts';

interface RunOptions extends ConnectionOptions {
  readonly dir: string;
  readonly payloads: string;
  readonly secrets?: string;
  readonly flow?: readonly string[];
  readonly links?: ListenAddress;
  readonly linksUrl?: string;
  readonly workers: number;
  readonly grace: number;
  readonly logLevel: Level;
  readonly logFormat: 'human' | 'json';
}

export function runCommand(): Command {
  return withConnection(new Command('run'))
    .description('Run a worker: every applied flow, following changes, until Ctrl-C (which drains).')
    .option('--dir <dir>', 'what relative paths in manifests start from', '.')
    .addOption(
      new Option('--secrets <dir>', 'folder with one file per secret; VRSKY_SECRET_<NAME> wins').env(
        'VRSKY_SECRETS',
      ),
    )
    .addOption(payloadsOption())
    .addOption(
      new Option('--links <host:port>', 'serve links to payloads here (payload: link)')
        .env('VRSKY_LINKS')
        .argParser(listenAddress),
    )
    .addOption(new Option('--links-url <url>', 'how partners reach that address').env('VRSKY_LINKS_URL'))
    .option('--flow <name...>', 'run only these flows')
    .addOption(
      new Option('--workers <n>', 'processes that share the work and the HTTP ports')
        .argParser(countArgument)
        .default(1),
    )
    .addOption(
      new Option('--grace <duration>', 'how long to finish what is in hand when stopping')
        .argParser(durationArgument)
        .default(10_000, '10s'),
    )
    .addOption(
      new Option('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(new Option('--log-format <format>', 'how to log').choices(['human', 'json']).default('human'))
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky run --server nats://localhost:4222\n  vrsky run --flow invoices --log-format json\n  vrsky run --links 0.0.0.0:8090 --links-url https://files.acme.example\n  vrsky run --workers 4          # SIGHUP replaces the workers one by one',
    )
    .action(runWorkers);
}

async function runWorkers(options: RunOptions): Promise<void> {
  const { default: cluster } = await import('node:cluster');
  if (options.workers === 1 || cluster.isWorker) {
    await runWorker(options, cluster.isWorker);
    return;
  }
  const { runPool } = await import('../cli/worker-pool.ts');
  const log = createLog(options.logLevel, options.logFormat);
  process.exitCode = await runPool({ workers: options.workers, log, stopped: untilSignal() });
}

async function runWorker(options: RunOptions, isPooled: boolean): Promise<void> {
  const { reportRunning, untilPoolStops } = await import('../cli/worker-pool.ts');
  const { runtimeParts } = await import('../cli/runtime-parts.ts');
  const { Worker } = await import('../../engine/runtime/worker.ts');
  const { settleHeap } = await import('../cli/settle-heap.ts');
  const log = createLog(options.logLevel, options.logFormat);
  const name = `${hostname()}-${process.pid}`;
  const stopped = isPooled ? untilPoolStops() : untilSignal();
  const connected = await openConnection(options, `vrsky worker ${name}`);
  const parts = runtimeParts(connected, {
    workingDirectory: options.dir,
    payloadsDirectory: options.payloads,
    ...(options.secrets === undefined ? {} : { secretsDirectory: options.secrets }),
    log,
  });
  const { serveLinks } = await import('../cli/links.ts');
  const links =
    options.links === undefined ? undefined : await serveLinks(connected, parts, options.links, options);
  if (links !== undefined) log('info', `links to payloads are served at ${links.origin}`);
  const worker = new Worker(parts, {
    name,
    graceMs: options.grace,
    ...(options.flow === undefined ? {} : { only: new Set(options.flow) }),
  });
  await worker.start();
  settleHeap();
  log('info', `worker ${name} is running`);
  reportRunning();
  const code = await stopped;
  await worker.stop();
  await links?.close(options.grace);
  await connected.broker.close();
  process.exitCode = code;
  if (isPooled) process.disconnect();
}
