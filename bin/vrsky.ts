// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache();
// Messages live for milliseconds: a young generation that grows keeps a worker's memory at twice what it needs (measured: docs/performance.md).
setFlagsFromString('--semi-space-growth-factor=1');

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
