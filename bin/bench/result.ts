// What a case of the bench prints: a table for people, or everything as JSON.
import { renderTable } from '../cli/table.ts';
import { centreInterval, type SideResult, type Spread, spreadOf } from './rounds.ts';

/** A promise held against what was measured. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
  /** Whether the rounds do not tell the two answers apart. */
  readonly isWithinNoise?: boolean;
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
  const rows = result.targets.map(({ what, wanted, measured, holds, isWithinNoise }) => [
    what,
    wanted,
    measured,
    `${holds ? 'holds' : 'does not'}${isWithinNoise === true ? ', within noise' : ''}`,
  ]);
  process.stdout.write(`\n${renderTable(['target', 'wanted', 'measured', ''], rows)}\n`);
}

/** Fewer have no interval that holds their centre with 95 %. */
const enoughRounds = 6;

/** The median of ratios that has to be at least so much, with the interval that their centre lies in. */
export function atLeast(what: string, wanted: number, ratios: readonly number[]): Target {
  const spread = spreadOf(ratios);
  const target = { what, wanted: `≥ ${share(wanted)}`, holds: spread.median >= wanted };
  if (ratios.length < enoughRounds) return { ...target, measured: shares(spread) };
  const { least, most } = centreInterval(ratios);
  const measured = `${shares(spread)}, centre ${share(least)}–${share(most)}`;
  return { ...target, measured, isWithinNoise: least < wanted && wanted <= most };
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
