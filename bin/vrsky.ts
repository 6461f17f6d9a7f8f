// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache();
if (/^(?:run|dev|demo)$/.test(process.argv[2] ?? '')) {
  // What stays grows slowly, so that a worker's memory does. The young generation has V8's own size: kept small, collecting it took
  // half of a worker's time (docs/performance.md).
  setFlagsFromString('--heap-growing-percent=100');
}

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
