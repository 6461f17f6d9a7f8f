// vrsky validate: every mistake in every manifest, at once, without a server.
import { Command, Option } from 'commander';
import { sortDiagnostics } from '../../engine/diagnostics/diagnose.ts';
import type { DiagnosticFormat } from '../../engine/diagnostics/render.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { type Recorder, recordExpressions } from '../cli/fallbacks.ts';
import { environmentOption, hasErrors, showDiagnostics } from '../cli/manifests.ts';
import { narrate, paint } from '../cli/narrate.ts';

interface ValidateOptions {
  readonly format: DiagnosticFormat;
  readonly strict?: boolean;
  readonly verbose?: boolean;
  readonly env?: string;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'Check manifests: syntax, fields, names, wiring, expressions. Shows every mistake at once. With environments and without --env, every one of them is checked.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(
      new Option('--format <format>', 'how to show diagnostics')
        .choices(['human', 'json', 'github', 'sarif'])
        .default('human'),
    )
    .addOption(environmentOption())
    .option('--strict', 'warnings fail too')
    .option('--verbose', 'name the expressions that are not compiled, and why')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky validate\n  vrsky validate flows/invoices.vrsky.yaml --format json\n  vrsky validate --verbose\n  cat flow.yaml | vrsky validate -',
    )
    .action(validate);
}

async function validate(paths: readonly string[], options: ValidateOptions): Promise<void> {
  const recorder = options.verbose === true ? await recordExpressions() : undefined;
  const first = await check(paths, options.env, recorder);
  const environments = options.env === undefined ? first.value.environments : [];
  const each = await Promise.all(environments.map((name) => check(paths, name, recorder)));
  const all = each.length === 0 ? [first] : each;
  const { flows, tests, sources } = (all[0] ?? first).value;
  const diagnostics = sortDiagnostics(all.flatMap((one) => one.diagnostics));
  await showDiagnostics(diagnostics, { format: options.format, sources }, process.stdout);
  const problems = diagnostics.filter(({ severity }) => severity !== 'info').length;
  const failed = hasErrors(diagnostics) || (options.strict === true && problems > 0);
  if (options.format === 'human')
    narrate(
      summary(
        [
          counted(flows.length, 'flow'),
          ...(tests.length === 0 ? [] : [counted(tests.length, 'test manifest')]),
        ],
        problems,
        failed,
      ),
    );
  if (recorder !== undefined) {
    const { total, compiled } = recorder.counts();
    narrate(`${counted(total, 'expression')}, ${compiled} compiled`);
  }
  if (failed) throw new ExitWith(exitCode.manifestsInvalid);
}

/** What is wrong when the manifests are taken with this environment. */
async function check(
  paths: readonly string[],
  environment: string | undefined,
  recorder: Recorder | undefined,
) {
  const { checkManifests } = await import('../../engine/flow/check.ts');
  const { installedSchemas } = await import('../cli/installed-connectors.ts');
  const { checkTopology } = await import('../../engine/compile/compile.ts');
  const env = (name: string) => process.env[name];
  const { value, diagnostics } = await checkManifests(paths, {
    ...(recorder === undefined ? {} : { expressions: recorder.checker }),
    ...{ env, tests: true, environment },
    schemas: installedSchemas(),
  });
  return { value, diagnostics: [...diagnostics, ...value.flows.flatMap(checkTopology)] };
}

function summary(found: readonly string[], problems: number, failed: boolean): string {
  const line = [...found, problems === 0 ? 'no problems' : counted(problems, 'problem')].join(', ');
  return failed ? `${paint('red', '✗')} ${line}` : `${paint('green', '✓')} ${line}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
