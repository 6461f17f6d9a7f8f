// vrsky validate: every mistake in every manifest, at once, without a server.
import { Command, Option } from 'commander';
import type { DiagnosticFormat } from '../../engine/diagnostics/render.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { hasErrors, showDiagnostics } from '../cli/manifests.ts';
import { narrate, paint } from '../cli/narrate.ts';

interface ValidateOptions {
  readonly format: DiagnosticFormat;
  readonly strict?: boolean;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description('Check manifests: syntax, fields, names, wiring, expressions. Shows every mistake at once.')
    .argument('[paths...]', 'files or folders; - reads stdin', ['flows'])
    .addOption(
      new Option('--format <format>', 'how to show diagnostics')
        .choices(['human', 'json', 'github', 'sarif'])
        .default('human'),
    )
    .option('--strict', 'warnings fail too')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky validate\n  vrsky validate flows/invoices.vrsky.yaml --format json\n  cat flow.yaml | vrsky validate -',
    )
    .action(validate);
}

async function validate(paths: readonly string[], options: ValidateOptions): Promise<void> {
  const { checkManifests } = await import('../../engine/flow/check.ts');
  const { compile } = await import('../../engine/compile/compile.ts');
  const { value, diagnostics: found } = await checkManifests(paths, {
    env: (name) => process.env[name],
    tests: true,
  });
  const { flows, tests, sources } = value;
  const tenants = Map.groupBy(flows, (flow) => flow.tenant);
  const diagnostics = [
    ...found,
    ...[...tenants].flatMap(([tenant, members]) => compile(members, { tenant }).diagnostics),
  ];
  await showDiagnostics(diagnostics, { format: options.format, sources }, process.stdout);
  const failed = hasErrors(diagnostics) || (options.strict === true && diagnostics.length > 0);
  if (options.format === 'human')
    narrate(
      summary(
        [
          counted(flows.length, 'flow'),
          ...(tests.length === 0 ? [] : [counted(tests.length, 'test manifest')]),
        ],
        diagnostics.length,
        failed,
      ),
    );
  if (failed) throw new ExitWith(exitCode.manifestsInvalid);
}

function summary(found: readonly string[], problems: number, failed: boolean): string {
  const line = [...found, problems === 0 ? 'no problems' : counted(problems, 'problem')].join(', ');
  return failed ? `${paint('red', '✗')} ${line}` : `${paint('green', '✓')} ${line}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
