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
  const { value, diagnostics: found } = await checkManifests(paths, { env: (name) => process.env[name] });
  const { flows, sources } = value;
  const tenants = Map.groupBy(flows, (flow) => flow.tenant);
  const diagnostics = [
    ...found,
    ...[...tenants].flatMap(([tenant, members]) => compile(members, { tenant }).diagnostics),
  ];
  await showDiagnostics(diagnostics, { format: options.format, sources }, process.stdout);
  const failed = hasErrors(diagnostics) || (options.strict === true && diagnostics.length > 0);
  if (options.format === 'human') narrate(summary(flows.length, diagnostics.length, failed));
  if (failed) throw new ExitWith(exitCode.manifestsInvalid);
}

function summary(flows: number, problems: number, failed: boolean): string {
  const counted = `${flows} flow${flows === 1 ? '' : 's'}, ${problems === 0 ? 'no problems' : `${problems} problem${problems === 1 ? '' : 's'}`}`;
  return failed ? `${paint('red', '✗')} ${counted}` : `${paint('green', '✓')} ${counted}`;
}
