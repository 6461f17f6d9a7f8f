// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache();
if (/^(?:run|dev|demo)$/.test(process.argv[2] ?? '')) {
  // What stays grows slowly, so that a worker's memory does. A young generation of V8's own size (64 MiB) takes a worker beyond 200 MB
  // before a backlog; one of 2 MiB made collecting it half of a worker's time (docs/performance.md).
  const { boundYoungGeneration } = await import('./cli/young-generation.ts');
  boundYoungGeneration(16 * 1024 * 1024);
  setFlagsFromString('--heap-growing-percent=100');
} else {
  // What loading brings stays: a young generation that grows at once is collected once instead of many times (an eighth of a short verb's time).
  setFlagsFromString('--semi-space-growth-factor=16');
}

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
