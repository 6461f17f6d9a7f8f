// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
