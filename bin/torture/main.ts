// npm run torture: runs cases for a while and prints what became of every message.
import { parseArgs } from 'node:util';
import { renderTable } from '../cli/table.ts';
import type { Accounts } from './arena.ts';
import type { TortureCase } from './cases/case.ts';
import { cases } from './cases/index.ts';
import { seededRandom } from './random.ts';

const usage = `Hurts a running flow and accounts for every accepted message.

  npm run torture -- [--case NAME] [--minutes N] [--messages N] [--kills N] [--seed S]

Cases: ${Object.keys(cases).join(', ')}. Without --case all of them, once each; with --minutes again and again until time is up.`;

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    minutes: { type: 'string' },
    messages: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    help: { type: 'boolean' },
  },
});

if (values.help === true || (values.case !== undefined && !Object.hasOwn(cases, values.case))) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help === true ? 0 : 4);
}

const chosen = Object.entries(cases).filter(([name]) => values.case === undefined || name === values.case);
const endAt = Date.now() + Number(values.minutes ?? 0) * 60_000;
const random = seededRandom(Number(values.seed));
const rows: string[][] = [];
let lost = 0;
process.stderr.write(`seed ${values.seed}\n`);
do {
  for (const [name, run] of chosen) rows.push(await row(name, run));
} while (Date.now() < endAt);
process.stdout.write(
  `${renderTable(['case', 'accepted', 'delivered', 'filtered', 'dead letters', 'lost', 'duplicates', 'executed twice', 'out of order', 'longest stall', 'took'], rows)}\n`,
);
process.exitCode = lost > 0 ? 1 : 0;

async function row(name: string, run: TortureCase): Promise<string[]> {
  process.stderr.write(`${name} …\n`);
  const began = Date.now();
  const accounts: Accounts = await run({
    messages: Number(values.messages),
    kills: Number(values.kills),
    random,
  });
  lost += accounts.lost.length;
  const counts = [
    accounts.accepted,
    accounts.delivered,
    accounts.filtered,
    accounts.deadLettered,
    accounts.lost.length,
    accounts.duplicates,
    accounts.executedTwice,
  ];
  return [
    name,
    ...counts.map(String),
    name.startsWith('ordered') ? String(accounts.outOfOrder) : '',
    `${accounts.longestStallMs} ms`,
    `${Math.round((Date.now() - began) / 1000)} s`,
  ];
}
