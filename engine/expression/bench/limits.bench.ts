// npm run bench -- limits: how long the event loop stands still for expressions made to use up a worker.
import { parseArgs } from 'node:util';
import { ENDLESS, type Ended, HEAVY, hostileInput, runHostile } from '../fuzz/hostile.ts';
import { compileExpression } from '../index.ts';
import { DEFAULT_LIMITS, type Expression } from '../types.ts';

interface Row extends Ended {
  readonly source: string;
}

/** `--json` prints all rows; otherwise the slowest `--top N`. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      top: { type: 'string', default: '15' },
    },
  });
  const input = hostileInput({ size: 50_000_000, items: 1_000_000, depth: 4000 });
  const sources = [...ENDLESS.map(([source]) => source), ...HEAVY].filter((one) => one.includes(values.only));
  const rows = sources.map((source): Row => measure(source, input));
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows, Number(values.top)));
}

/** The garbage of one is not the pause of the next. */
function measure(source: string, input: unknown): Row {
  const expression = compileExpression(source).value as Expression;
  globalThis.gc?.();
  return { source, ...runHostile(expression, input, {}) };
}

function table(rows: readonly Row[], top: number): string {
  const limit = DEFAULT_LIMITS.timeoutMs;
  const slowest = rows.toSorted((a, b) => b.processorMs - a.processorMs);
  const blocked = rows.filter(({ blockedMs }) => blockedMs > 1.2 * limit);
  // On a busy machine time passes that the expression does not have.
  const late = rows.filter(({ processorMs }) => processorMs > 1.2 * limit);
  const lines = slowest
    .slice(0, top)
    .map(
      ({ source, blockedMs, processorMs, ending }) =>
        `${blockedMs.toFixed(0).padStart(7)}${processorMs.toFixed(0).padStart(10)}  ${ending.padEnd(7)} ${source.slice(0, 90)}`,
    );
  return `blocked ms  cpu ms  ending  expression (limit ${limit} ms)\n${lines.join('\n')}\n\n${rows.length} expressions, ${late.length} over 1.2 × the limit in processor time, ${blocked.length} in time that passed\n`;
}
