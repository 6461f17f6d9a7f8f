// The command line: gathers the verbs, runs one, turns its end into an exit code.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache();
if (/^(?:run|dev|demo)$/.test(process.argv[2] ?? '')) {
  const { allocateLean } = await import('./cli/lean-allocation.ts');
  allocateLean();
  const { boundWorkerHeap } = await import('./cli/young-generation.ts');
  boundWorkerHeap();
} else {
  // What loading brings stays: a young generation that grows at once is collected once instead of many times (an eighth of a short verb's time).
  setFlagsFromString('--semi-space-growth-factor=16');
}
if (process.argv[2] === 'test' || process.argv.includes('--ndjson')) {
  // Many evaluations, each with a time limit, and what is young is moved in one go. For a single one this would cost more than it gives.
  const { boundYoungGeneration } = await import('./cli/young-generation.ts');
  boundYoungGeneration(() => 16 * 1024 * 1024);
}

const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
