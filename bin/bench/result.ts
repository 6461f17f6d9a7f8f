// What a case of the bench prints: a table for people, or everything as JSON.
import { renderTable } from '../cli/table.ts';
import type { SideResult, Spread } from './rounds.ts';

/** A promise held against what was measured. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
}

export interface Result {
  readonly case: string;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly sides: readonly SideResult[];
  readonly targets: readonly Target[];
}

export function printResult(result: Result, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const settings = Object.entries(result.settings).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${result.case}: ${settings.join(', ')}\n\n${sideTable(result.sides)}\n`);
  if (result.targets.length === 0) return;
  const rows = result.targets.map(({ what, wanted, measured, holds }) => [
    what,
    wanted,
    measured,
    holds ? 'holds' : 'does not',
  ]);
  process.stdout.write(`\n${renderTable(['target', 'wanted', 'measured', ''], rows)}\n`);
}

/** A median that has to be at least so much. */
export function atLeast(what: string, wanted: number, measured: Spread): Target {
  return {
    what,
    wanted: `≥ ${share(wanted)}`,
    measured: shares(measured),
    holds: measured.median >= wanted,
  };
}

/** A median that must not be more. */
export function atMost(what: string, wanted: number, measured: Spread, unit: string): Target {
  return {
    what,
    wanted: `≤ ${wanted} ${unit}`,
    measured: `${figure(measured.median)} ${unit} (${figure(measured.least)}–${figure(measured.most)})`,
    holds: measured.median <= wanted,
  };
}

/** Median and range: `12,300 (11,900–12,800)`. */
function sideTable(sides: readonly SideResult[]): string {
  const names = [...new Set(sides.flatMap(({ spread }) => Object.keys(spread)))];
  const rows = sides.map(({ name, spread }) => [
    name,
    ...names.map((figureName) => {
      const one = spread[figureName];
      return one === undefined ? '' : `${figure(one.median)} (${figure(one.least)}–${figure(one.most)})`;
    }),
  ]);
  return renderTable(['', ...names], rows);
}

function shares({ median, least, most }: Spread): string {
  return `${share(median)} (${share(least)}–${share(most)})`;
}

function share(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3).replace(/\.?0+$/, '');
}
