// vrsky fmt: manifests laid out in one way.
import { chmodSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Diagnostic } from '../../engine/diagnostics/diagnostic.ts';
import type { Source } from '../../engine/manifest/source.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { hasErrors, showDiagnostics } from '../cli/manifests.ts';
import { narrate, paint, print } from '../cli/narrate.ts';

interface FmtOptions {
  readonly check?: boolean;
}

export function fmtCommand(): Command {
  return new Command('fmt')
    .description(
      'Lay manifests and their tests out in one way: comments stay, long expressions move into block scalars, nothing changes its meaning.',
    )
    .argument('[paths...]', 'files or folders; - reads stdin and writes to stdout', ['flows'])
    .option('--check', 'change nothing; exit with 1 when a file would change')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky fmt\n  vrsky fmt flows --check\n  vrsky fmt - < flow.yaml > formatted.yaml',
    )
    .action(format);
}

async function format(paths: readonly string[], options: FmtOptions): Promise<void> {
  const { readSources, STDIN_NAME } = await import('../../engine/manifest/read-sources.ts');
  const { formatSource } = await import('../../engine/manifest/layout/format-source.ts');
  const { sources, diagnostics: unread } = readSources(paths, { tests: true });
  const found: Diagnostic[] = [...unread];
  let changed = 0;
  for (const source of sources) {
    const { text, kept, diagnostics } = formatSource(source);
    found.push(...diagnostics);
    if (kept === 'unsafe')
      narrate(`${paint('yellow', 'left as it is')} ${source.file}: laying it out would lose something`);
    const isStdin = source.file === STDIN_NAME;
    if (isStdin && options.check !== true) process.stdout.write(text);
    if (text === source.text) continue;
    changed++;
    if (!isStdin) print(source.file);
    if (!isStdin && options.check !== true) replaceFile(source, text);
  }
  await finish(found, sources, changed, options);
}

async function finish(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  changed: number,
  { check }: FmtOptions,
): Promise<void> {
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  await showDiagnostics(diagnostics, { format: 'human', sources: texts }, process.stderr);
  narrate(
    `${sources.length} file${sources.length === 1 ? '' : 's'}, ${changed} ${check === true ? 'to change' : 'changed'}`,
  );
  if (hasErrors(diagnostics)) throw new ExitWith(exitCode.manifestsInvalid);
  if (check === true && changed > 0) throw new ExitWith(exitCode.failed);
}

/** At once and with the same permissions: whoever reads the file meanwhile sees all of one or all of the other. */
function replaceFile({ file }: Source, text: string): void {
  const real = realpathSync(file);
  const beside = `${real}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  chmodSync(beside, statSync(real).mode);
  renameSync(beside, real);
}
