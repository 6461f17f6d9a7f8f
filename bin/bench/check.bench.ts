// Measures how long it takes to check and show manifests that are made to cost time, each in a process of its own.
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { checkTopology } from '../../engine/compile/compile.ts';
import { renderDiagnostics } from '../../engine/diagnostics/render.ts';
import { checkSources } from '../../engine/flow/check.ts';
import { hostileManifests } from '../../engine/flow/testdata/hostile-manifests.ts';

const usage = `npm run bench -- check [--rounds 3]

Checks the hostile manifests of engine/flow/testdata, compiles what passes and renders what is wrong, each in a new process, and prints the least
processor time that any round took. What the process needs to start is not counted. The promise: under 2 s each.`;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '3' },
      one: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) process.stdout.write(`${usage}\n`);
  else if (values.one !== undefined) process.stdout.write(`${await milliseconds(values.one)}`);
  else await all(Number(values.rounds));
}

async function all(rounds: number): Promise<void> {
  for (const name of Object.keys(hostileManifests)) {
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) took.push(await inProcess(name));
    const best = Math.min(...took);
    process.stdout.write(`${String(best).padStart(6)} ms  ${name}${best < 2000 ? '' : '  ← too slow'}\n`);
  }
}

async function inProcess(name: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    // As bin/vrsky.ts sets it.
    '--semi-space-growth-factor=16',
    ...process.argv.slice(1, 2),
    'check',
    '--one',
    name,
  ]);
  return Number(stdout);
}

/** Of processor time, for checking, compiling and rendering. */
async function milliseconds(name: string): Promise<number> {
  const [text = ''] = hostileManifests[name] ?? [];
  // Loads what checking needs.
  await checkSources([{ file: 'small.yaml', text: hostileManifests['rules ninety deep']?.[0] ?? '' }]);
  const begin = process.cpuUsage();
  const { diagnostics, value } = await checkSources([{ file: 'a.yaml', text }], { env: () => undefined });
  const problems = diagnostics.length > 0 ? diagnostics : value.flows.flatMap(checkTopology);
  renderDiagnostics(problems, { sources: value.sources });
  const { user, system } = process.cpuUsage(begin);
  return Math.round((user + system) / 1000);
}
