// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache();
if (/^(?:run|dev|demo)$/.test(process.argv[2] ?? '')) {
  // Messages live for milliseconds: a heap that grows with them keeps a worker's memory at twice what it needs (measured: docs/performance.md).
  // Verbs that check or compile are another matter: what they make stays, and collecting it over and over takes a third of their time.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
