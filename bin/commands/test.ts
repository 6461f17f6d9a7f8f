// vrsky test: runs the tests of flows in memory, without a server.
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import type { Paint } from '../../engine/testing/report/findings.ts';
import type { TestRun } from '../../engine/testing/run-tests.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { environmentOption, hasErrors, showDiagnostics } from '../cli/manifests.ts';
import { narrate } from '../cli/narrate.ts';
import { untilSignal } from '../cli/shutdown.ts';

interface TestCommandOptions {
  readonly filter?: string;
  readonly watch?: boolean;
  readonly coverage?: boolean;
  readonly update?: boolean;
  readonly env?: string;
  readonly format: 'human' | 'tap' | 'junit';
}

export function testCommand(): Command {
  return new Command('test')
    .description(
      'Run the tests of flows (kind Test, *.test.yaml) in memory: the compiled stages and steps of production, no server.',
    )
    .argument('[paths...]', 'files or folders', ['flows'])
    .option('--filter <text>', 'only tests whose name holds this text')
    .option('--watch', 'run again whenever a file changes')
    .option(
      '--coverage',
      'name the steps, routes and outcomes that no test reaches; fails when there are any',
    )
    .addOption(environmentOption())
    .option('--update', 'write golden files anew')
    .addOption(
      new Option('--format <format>', 'how to show results')
        .choices(['human', 'tap', 'junit'])
        .default('human'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky test\n  vrsky test flows/invoices.test.yaml --filter norway\n  vrsky test --coverage\n  vrsky test --format junit > results.xml\n  vrsky test --watch',
    )
    .action(test);
}

async function test(paths: readonly string[], options: TestCommandOptions): Promise<void> {
  if (options.watch === true) return watch(paths, options);
  const code = await runOnce(paths, options);
  if (code !== exitCode.done) throw new ExitWith(code);
}

async function runOnce(paths: readonly string[], options: TestCommandOptions) {
  const { runTests } = await import('../../engine/testing/run-tests.ts');
  const { stepTypes } = await import('../../engine/steps/index.ts');
  const { installedSchemas } = await import('../cli/installed-connectors.ts');
  const { filter, update, env } = options;
  const run = await runTests(paths, {
    stepTypes,
    schemas: installedSchemas(),
    environment: env,
    ...(filter === undefined ? {} : { filter }),
    ...(update === undefined ? {} : { update }),
  });
  await showDiagnostics(run.diagnostics, { format: 'human', sources: run.sources }, process.stderr);
  if (hasErrors(run.diagnostics)) return exitCode.manifestsInvalid;
  process.stdout.write(await rendered(run, options));
  for (const file of run.written) narrate(`written: ${file}`);
  return verdict(run, options);
}

async function rendered({ results, coverage }: TestRun, options: TestCommandOptions): Promise<string> {
  const { renderHuman, renderCoverage } = await import('../../engine/testing/report/human.ts');
  const { renderTap } = await import('../../engine/testing/report/tap.ts');
  const { renderJunit } = await import('../../engine/testing/report/junit.ts');
  switch (options.format) {
    case 'human':
      return (
        renderHuman(results, paintOut) + (options.coverage === true ? renderCoverage(coverage, paintOut) : '')
      );
    case 'tap':
      return renderTap(results);
    case 'junit':
      return renderJunit(results);
  }
}

const paintOut: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** No tests at all are a failure: a mistyped filter or path must not look like success. */
async function verdict({ results, coverage }: TestRun, options: TestCommandOptions) {
  if (results.length === 0) {
    narrate(
      options.filter === undefined ? 'there are no tests' : `no test has ${options.filter} in its name`,
    );
    return exitCode.failed;
  }
  if (results.some(({ findings }) => findings.length > 0)) return exitCode.failed;
  const missed = coverage.flatMap(({ items }) => items).filter(({ reached }) => !reached);
  if (options.coverage !== true || missed.length === 0) return exitCode.done;
  if (options.format !== 'human') narrate(`no test reaches: ${missed.map(({ name }) => name).join(', ')}`);
  return exitCode.failed;
}

/** Samples and golden files lie beside the manifests, so everything below the paths is watched. */
async function watch(paths: readonly string[], options: TestCommandOptions): Promise<void> {
  const { watchFiles } = await import('../cli/watch-files.ts');
  const clear = process.stdout.isTTY ? '\u001b[2J\u001b[H' : '';
  const stop = new AbortController();
  void untilSignal().then((code) => {
    process.exitCode = code;
    stop.abort();
  });
  for await (const _ of watchFiles(paths, stop.signal)) {
    process.stdout.write(clear);
    await runOnce(paths, options);
    narrate('waiting for changes');
  }
}
