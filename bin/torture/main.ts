// npm run torture: runs cases for a while and prints what became of every message.
import { parseArgs } from 'node:util';
import { renderTable } from '../cli/table.ts';
import type { Report } from './accounts.ts';
import { Skipped } from './cases/case.ts';
import { cases } from './cases/index.ts';
import { seededRandom } from './random.ts';

const width = Math.max(...Object.keys(cases).map((name) => name.length));
/** Counts no messages, so it is none of the cases; named, it runs. */
const converge = 'converge';
const usage = `Hurts a running flow and accounts for every accepted message, outside the engine.

  npm run torture -- [--case NAME …] [--minutes N] [--seed S] [--json]

  --case     one of the cases below; may be repeated; all of them when absent
  --minutes  how long each case is hurt (1; fractions are fine); what waits then is delivered before it ends
  --seeds    of the case converge: how many (100)
  --seed     of the moments at which something is hurt; printed, to repeat a run
  --json     the accounts as JSON, one line per case

Ends with 1 when a message is lost, executed twice or another promise is broken. Cases:

${Object.entries(cases)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  .join('\n')}
  ${converge.padEnd(width)}  plan and apply: manifests edited, objects meddled with, applies killed; each seed has to end at what was asked for

Examples:
  npm run torture -- --case engine-killed
  npm run torture -- --case sink-down --minutes 6
  npm run torture -- --minutes 0.5 --seed 7
  npm run torture -- --case converge --seeds 1000 --seed 1
`;

// What was started ends with this process, also when it is told to.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code));

const options = readOptions();
const random = seededRandom(options.seed);
const rows: string[][] = [];
const remarks: string[] = [];
process.stderr.write(`seed ${options.seed}\n`);
for (const name of options.names.filter((one) => one !== converge)) await torture(name);
if (options.names.includes(converge)) {
  const { convergeMany } = await import('./converge/converge-many.ts');
  process.exit(await convergeMany(options.seed, options.seeds));
}
const table = rows.length === 0 ? '' : `${renderTable(header(), rows)}\n\n`;
if (!options.json) process.stdout.write(`${table}${remarks.join('\n')}\n`);

async function torture(name: string): Promise<void> {
  process.stderr.write(`${name} …\n`);
  const began = performance.now();
  try {
    const ended = await cases[name]?.run({ extent: { ms: options.minutes * 60_000 }, random });
    const seconds = Math.round((performance.now() - began) / 1000);
    if (ended !== undefined) show(name, ended, seconds);
  } catch (error) {
    if (!(error instanceof Skipped)) process.exitCode = 1;
    remark(name, `${error instanceof Skipped ? 'skipped' : 'FAILED'}: ${(error as Error).message}`);
  }
}

function show(name: string, ended: Report, seconds: number): void {
  const { lost, notes, broken, ...accounts } = ended;
  if (broken.length > 0) process.exitCode = 1;
  if (options.json)
    process.stdout.write(`${JSON.stringify({ case: name, ...accounts, lost, notes, broken, seconds })}\n`);
  rows.push([
    name,
    String(accounts.accepted),
    String(accounts.delivered),
    String(accounts.filtered),
    String(accounts.deadLettered),
    String(accounts.duplicates),
    String(accounts.executedTwice),
    `${accounts.longestStallMs} ms`,
    String(lost.length),
    `${seconds} s`,
  ]);
  const rate = accounts.acceptedPerSecond > 0 ? [`${accounts.acceptedPerSecond} msg/s`] : [];
  remark(name, [...rate, ...notes].join('; '));
  for (const promise of broken) remark(name, `BROKEN: ${promise}`);
}

function header(): string[] {
  const counts = ['accepted', 'delivered', 'filtered', 'dead letters', 'duplicates', 'executed twice'];
  return ['case', ...counts, 'longest stall', 'lost', 'took'];
}

function remark(name: string, text: string): void {
  remarks.push(`${name.padEnd(width)}  ${text}`);
  process.stderr.write(`${name}: ${text}\n`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        case: { type: 'string', multiple: true },
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Date.now() % 100_000) },
        seeds: { type: 'string', default: '100' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help === true) end(0);
    const names = values.case ?? Object.keys(cases);
    const unknown = names.find((name) => name !== converge && !Object.hasOwn(cases, name));
    if (unknown !== undefined) end(4, `there is no case ${unknown}`);
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) end(4, `--minutes takes a number above 0, not ${values.minutes}`);
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed)) end(4, `--seed takes a whole number, not ${values.seed}`);
    const seeds = Number(values.seeds);
    if (!(Number.isSafeInteger(seeds) && seeds > 0)) end(4, `--seeds takes a number, not ${values.seeds}`);
    return { names, minutes, seed, seeds, json: values.json };
  } catch (error) {
    return end(4, (error as Error).message);
  }
}

function end(code: number, problem?: string): never {
  if (problem === undefined) process.stdout.write(usage);
  else process.stderr.write(`torture: ${problem}\n\n${usage}`);
  process.exit(code);
}
