// Measures `vrsky test`: a thousand tests of the example flow with the most steps, as a process of its own.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packageRoot } from '../cli/package.ts';

const usage = `npm run bench -- tests [--tests 1000] [--rounds 3]

Repeats the tests of flows/invoices.vrsky.yaml (XML → JSON → map → filter → route, retries and dead letters included) until there are so
many, and runs them with vrsky test. Time is of the whole process.`;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      tests: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    const seconds = await measure(Number(values.tests));
    process.stdout.write(`${values.tests} tests in ${seconds.toFixed(2)} s\n`);
  }
}

/** Seconds that the process took. Rejects when a test fails. */
export async function measure(tests: number): Promise<number> {
  const root = await packageRoot();
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-tests-'));
  try {
    const flows = path.join(directory, 'flows');
    await mkdir(flows);
    for (const part of ['samples', 'golden', 'invoices.vrsky.yaml'])
      await cp(path.join(root, 'flows', part), path.join(flows, part), { recursive: true });
    const text = await readFile(path.join(root, 'flows', 'invoices.test.yaml'), 'utf8');
    await writeFile(path.join(flows, 'invoices.test.yaml'), repeated(text, tests));
    const program = path.join(root, 'bin', 'vrsky.mjs');
    const startedAt = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'test', 'flows'], {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    if (!stdout.includes(`✓ ${tests} tests passed`))
      throw new Error(`not ${tests} tests: ${stdout.slice(-200)}`);
    return seconds;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The cases over and over under new names, in documents of a hundred. */
function repeated(text: string, tests: number): string {
  const [head = '', ...cases] = text.split(/^(?= {4}- name: )/m);
  const all = Array.from({ length: tests }, (_, index) =>
    (cases[index % cases.length] as string).replace(/name: (.*)/, `name: ${index} $1`).trimEnd(),
  );
  const documents = Array.from({ length: Math.ceil(tests / 100) }, (_, index) =>
    [head.trimEnd(), ...all.slice(index * 100, (index + 1) * 100)].join('\n'),
  );
  return `${documents.join('\n---\n')}\n`;
}
