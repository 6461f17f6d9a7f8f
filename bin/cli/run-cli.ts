// Parses the arguments and runs the verb; every way out becomes an exit code.
import { CommanderError } from 'commander';
import { ExitWith, exitCode } from './exit-code.ts';
import { narrateError } from './narrate.ts';
import { buildProgram } from './program.ts';

/** Codes by which an operation says that it refuses for safety. */
const refusals: ReadonlySet<string> = new Set([
  'VRS6001',
  'VRS6003',
  'VRS6004',
  'VRS6005',
  'VRS6006',
  'VRS6007',
  'VRS6008',
]);

export async function runCli(args: readonly string[]): Promise<number> {
  surviveClosedPipes();
  const asksForVersion = args[0] === '-V' || args[0] === '--version';
  const asked = asksForVersion ? ['version'] : args;
  try {
    const program = await buildProgram(asked[0]);
    await program.parseAsync([...asked], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : exitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    if (error instanceof ExitWith) return error.exitCode;
    narrateError(error);
    return refusals.has((error as { readonly code?: string }).code ?? '')
      ? exitCode.refused
      : exitCode.failed;
  }
}

/** `vrsky compile | head`: who reads has had enough. What nobody reads on stderr ends nothing. */
function surviveClosedPipes(): void {
  const onlyIfClosed = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', (error) => {
    onlyIfClosed(error);
    process.exit();
  });
  process.stderr.on('error', onlyIfClosed);
}
