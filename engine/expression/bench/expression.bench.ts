// Compiled expressions against the package's evaluator and against hand-written JavaScript, in one run.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import jsonata from 'jsonata';
import { compileExpression } from '../index.ts';
import { orderCases } from './cases.ts';
import { measureCompile, memoryPerExpression } from './cost.ts';
import { invoiceByHand, invoiceExpression, readInvoice } from './invoice.ts';
import { measureInTurns } from './measure.ts';
import { type Order, order } from './order.ts';

interface Case {
  readonly name: string;
  readonly expression: string;
  readonly input: unknown;
  byHand(input: unknown): unknown;
}

interface Row {
  readonly name: string;
  /** Nanoseconds for one evaluation. */
  readonly packageNs: number;
  readonly compiledNs: number;
  readonly byHandNs: number;
  readonly timesFaster: number;
  readonly timesHandWritten: number;
  readonly compileUs: number;
  readonly memoryKb: number;
}

async function allCases(): Promise<readonly Case[]> {
  const cases: Case[] = orderCases.map(({ name, expression, byHand }) => ({
    name,
    expression,
    input: order,
    byHand: (input) => byHand(input as Order),
  }));
  const invoice = await readInvoice();
  if (invoice === undefined) process.stderr.write('without the invoice: ../shared/data/peppol not found\n');
  else {
    cases.push({
      name: 'invoice, 60 fields',
      expression: invoiceExpression,
      input: invoice,
      byHand: invoiceByHand,
    });
  }
  return cases;
}

async function measureCase({ name, expression, input, byHand }: Case): Promise<Row> {
  const { value: compiled } = compileExpression(expression);
  assert.ok(compiled?.compiled, `${name} is not compiled`);
  const interpreted = jsonata(expression);
  assert.deepEqual(compiled.evaluate(input), byHand(input), name);
  assert.deepEqual(
    compiled.evaluate(input),
    JSON.parse(JSON.stringify(await interpreted.evaluate(input))),
    name,
  );
  const [packageNs, compiledNs, byHandNs] = (await measureInTurns([
    () => interpreted.evaluate(input),
    () => compiled.evaluate(input),
    () => byHand(input),
  ])) as [number, number, number];
  return {
    name,
    packageNs,
    compiledNs,
    byHandNs,
    timesFaster: packageNs / compiledNs,
    timesHandWritten: compiledNs / byHandNs,
    compileUs: (await measureCompile(expression)) / 1000,
    memoryKb: memoryPerExpression(expression) / 1024,
  };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** `--json` prints the rows as JSON, `--only TEXT` measures those whose name holds the text. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const rows: Row[] = [];
  for (const one of await allCases()) {
    if (!one.name.includes(values.only)) continue;
    rows.push(await measureCase(one));
    if (!values.json) process.stderr.write('.');
  }
  if (!values.json) process.stderr.write('\n');
  process.stdout.write(values.json ? `${JSON.stringify(summary(rows), null, 2)}\n` : table(rows));
}

function summary(rows: readonly Row[]): Record<string, unknown> {
  return {
    rows,
    geometricMean: {
      timesFaster: geometricMean(rows.map((row) => row.timesFaster)),
      timesHandWritten: geometricMean(rows.map((row) => row.timesHandWritten)),
    },
    worst: {
      timesFaster: Math.min(...rows.map((row) => row.timesFaster)),
      timesHandWritten: Math.max(...rows.map((row) => row.timesHandWritten)),
    },
  };
}

const COLUMNS = [
  'package ns',
  'compiled ns',
  'by hand ns',
  '× faster',
  '× by hand',
  'compile µs',
  'KB kept',
] as const;

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.name.padEnd(24),
    ...[
      row.packageNs.toFixed(0),
      row.compiledNs.toFixed(0),
      row.byHandNs.toFixed(0),
      row.timesFaster.toFixed(1),
      row.timesHandWritten.toFixed(1),
      row.compileUs.toFixed(0),
      row.memoryKb.toFixed(1),
    ].map((cell, index) => cell.padStart((COLUMNS[index] as string).length + 2)),
  ]);
  const header = ['expression'.padEnd(24), ...COLUMNS.map((name) => name.padStart(name.length + 2))];
  const means = `geometric mean: ${geometricMean(rows.map((row) => row.timesFaster)).toFixed(1)} × faster than the package, ${geometricMean(rows.map((row) => row.timesHandWritten)).toFixed(1)} × the hand-written code`;
  return `${[header, ...lines].map((cells) => cells.join('')).join('\n')}\n\n${means}\n`;
}
