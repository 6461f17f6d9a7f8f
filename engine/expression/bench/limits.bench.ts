// npm run bench -- limits: how long the event loop stands still for expressions made to use up a worker.
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ENDLESS, HEAVY, PATTERNS, REPEATED, SEARCHES, WIDE } from '../fuzz/hostile.ts';
import { hostileInput, runHostile } from '../fuzz/hostile-input.ts';
import { compileExpression } from '../index.ts';
import { DEFAULT_LIMITS, type Expression } from '../types.ts';
import { garbageCollector, settleHeap } from './garbage.ts';

interface Run {
  readonly ending: string;
  /** From the start until the event loop has turned, in milliseconds. */
  readonly blockedMs: number;
  /** Of the thread's own processor time. */
  readonly processorMs: number;
  /** For which others had the processor that the thread could have used (Linux). */
  readonly waitedMs: number;
}

interface Row extends Run {
  readonly source: string;
  readonly longestMs: number;
}

const YOUNG_BYTES = 16 * 1024 * 1024;
const MOST = 1.2 * DEFAULT_LIMITS.timeoutMs;

/** `--json` prints all rows; otherwise the slowest `--top N`. Every figure is that of the median of `--rounds N`. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      top: { type: 'string', default: '15' },
    },
  });
  const input = hostileInput({ size: 50_000_000, items: 1_000_000, depth: 4000 });
  const all = [
    ...ENDLESS.map(([source]) => source),
    ...SEARCHES,
    ...HEAVY,
    ...WIDE,
    ...PATTERNS,
    ...REPEATED,
  ];
  const sources = all.filter((one) => one.includes(values.only));
  const collect = garbageCollector();
  await settleHeap(collect, YOUNG_BYTES);
  const runs = new Map(sources.map((source): [string, Run[]] => [source, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const source of sources) runs.get(source)?.push(await measure(source, input, collect));
  }
  const rows = [...runs].map(([source, its]) => toRow(source, its));
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows, Number(values.top)));
}

/** The garbage of one is not the pause of the next. */
async function measure(source: string, input: unknown, collect: () => void): Promise<Run> {
  const expression = compileExpression(source).value as Expression;
  collect();
  await turn();
  const waited = waitedMs();
  const start = performance.now();
  const { ending, processorMs } = runHostile(expression, input, {});
  await turn();
  return { ending, processorMs, blockedMs: performance.now() - start, waitedMs: waitedMs() - waited };
}

function waitedMs(): number {
  if (process.platform !== 'linux') return 0;
  const [, waitedNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
  return Number(waitedNs) / 1e6;
}

function toRow(source: string, runs: readonly Run[]): Row {
  const sorted = runs.toSorted((a, b) => a.blockedMs - b.blockedMs);
  const longestMs = sorted.at(-1)?.blockedMs ?? 0;
  return { ...(sorted[sorted.length >> 1] as Run), source, longestMs };
}

function table(rows: readonly Row[], top: number): string {
  const late = rows.filter(({ blockedMs }) => blockedMs > MOST);
  const everLate = rows.filter(({ longestMs }) => longestMs > MOST);
  const busy = late.filter(({ blockedMs, waitedMs }) => blockedMs - waitedMs <= MOST);
  const lines = rows
    .toSorted((a, b) => b.blockedMs - a.blockedMs)
    .slice(0, top)
    .map(
      ({ source, ending, ...row }) =>
        `${[row.blockedMs, row.longestMs, row.processorMs, row.waitedMs].map(column).join('')}  ${ending.padEnd(7)} ${source.slice(0, 80)}`,
    );
  return `blocked ms  longest   cpu ms   waited  ending  expression (limit ${DEFAULT_LIMITS.timeoutMs} ms)
${lines.join('\n')}

${rows.length} expressions: ${late.length} blocked the event loop for more than ${MOST} ms (${everLate.length} in their longest round), ${busy.length} of them only because the machine was busy
`;
}

function column(ms: number): string {
  return ms.toFixed(0).padStart(9);
}
