// Measures several sides in turns, so that whatever else the machine does hurts all of them alike, and sums up.

/** Figures of one round of one side, by name (`msg/s`, `p99 ms`, …). */
export type Figures = Readonly<Record<string, number>>;

export interface Side {
  readonly name: string;
  readonly measure: () => Promise<Figures>;
}

/** Over all rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface SideResult {
  readonly name: string;
  readonly rounds: readonly Figures[];
  readonly spread: Readonly<Record<string, Spread>>;
}

/** Runs every side once per round, in alternating order; the first `warmUp` rounds count for nothing. */
export async function interleave(
  sides: readonly Side[],
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<readonly SideResult[]> {
  const taken = sides.map((): Figures[] => []);
  for (let round = 0; round < warmUp + rounds; round++) {
    const order = sides.map((_, index) => index);
    for (const index of round % 2 === 0 ? order : order.reverse()) {
      const side = sides[index] as Side;
      const figures = await side.measure();
      narrate(round < warmUp ? 'warm-up' : `round ${round - warmUp + 1}`, side.name, figures);
      if (round >= warmUp) taken[index]?.push(figures);
    }
  }
  return sides.map(({ name }, index) => {
    const own = taken[index] as Figures[];
    const names = Object.keys(own[0] ?? {});
    return {
      name,
      rounds: own,
      spread: Object.fromEntries(
        names.map((figure) => [figure, spreadOf(own.map((one) => one[figure] ?? 0))]),
      ),
    };
  });
}

function narrate(round: string, side: string, figures: Figures): void {
  const texts = Object.entries(figures).map(([name, value]) => `${Math.round(value * 100) / 100} ${name}`);
  process.stderr.write(`${round}: ${side}: ${texts.join(', ')}\n`);
}

/** `figure` of one side over that of the other, round by round: what the machine did in a round is in both. */
export function ratios(side: SideResult, reference: SideResult, figure: string): readonly number[] {
  return side.rounds.map(
    (one, round) => (one[figure] ?? 0) / (reference.rounds[round]?.[figure] ?? Number.NaN),
  );
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: middle(sorted),
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}

/**
 * Where the centre of what these ratios were drawn from lies with a probability of 95 %: by the signed-rank test, over the means of every two
 * (Hodges and Lehmann). Supposes that a ratio is as often so many times above the centre as below it, as those of sides that take turns are; then it
 * is a fifth narrower than the median's own.
 */
export function centreInterval(ratios: readonly number[]): Spread {
  const logs = ratios.map(Math.log);
  const { length: n } = logs;
  const means = logs.flatMap((one, index) => logs.slice(index).map((other) => (one + other) / 2));
  const sorted = means.sort((a, b) => a - b);
  const rank = Math.max(
    0,
    Math.floor((n * (n + 1)) / 4 - 1.96 * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)),
  );
  return {
    median: Math.exp(middle(sorted)),
    least: Math.exp(sorted[rank] ?? Number.NaN),
    most: Math.exp(sorted[sorted.length - 1 - rank] ?? Number.NaN),
  };
}

/** Of an even number the mean of the two in the middle: taking either would favour somebody. */
function middle(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return (low + high) / 2;
}

/** Of values in ascending order. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
