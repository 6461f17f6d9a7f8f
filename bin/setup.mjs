// The first command in a fresh clone: installs what is missing, then runs the engine, its tests or its benchmarks.
// Plain JavaScript for Node.js 20 and newer: nothing is installed yet when it starts.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { installPackages, pinnedNode } from './setup/packages.mjs';
import { runChild } from './setup/run-child.mjs';

const [verb = 'demo', ...args] = process.argv.slice(2);
const node = pinnedNode();

/** No test takes as long: one that waits for what never comes fails and is named. Not `--test-force-exit`: it loses results. */
const testTimeoutMs = 300_000;
/** Two at least: most files wait for servers and other processes, and one alone leaves a machine with two processors idle. */
const testConcurrency = Math.max(2, availableParallelism() - 1);
const testFolders = ['engine', 'connectors', 'bin', 'flows', 'docs'];

/** What each verb runs with the pinned Node.js once everything is there. */
const commands = {
  demo: () => ['bin/vrsky.ts', 'demo', ...args],
  dev: () => ['bin/vrsky.ts', 'dev', '--demo-peers', ...args],
  test: () => [
    '--test',
    '--test-reporter=spec',
    `--test-timeout=${testTimeoutMs}`,
    `--test-concurrency=${testConcurrency}`,
    ...(args.length > 0 ? args : testFolders.map((folder) => `${folder}/**/*.test.ts`)),
  ],
  torture: () => ['bin/torture/main.ts', ...args],
  bench: () => ['bin/bench.ts', ...args],
};

const command = commands[verb];
if (command === undefined) {
  process.stderr.write(`setup: write one of ${Object.keys(commands).join(', ')} instead of ${verb}\n`);
  process.exit(4);
}
await installPackages();
const server = await runChild(node, ['bin/setup/nats-server.ts'], { capture: true });
if (server.code !== 0) process.exit(server.code);
const env = { ...process.env, VRSKY_NATS_SERVER: server.stdout.trim() };
// Each test file is a process of its own, and most load the same modules: they are compiled once.
if (verb === 'test') env.NODE_COMPILE_CACHE ??= path.resolve('node_modules/.cache/vrsky-compiled');
const { code } = await runChild(node, command(), { env });
process.exit(code);
