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
export function ratio(side: SideResult, reference: SideResult, figure: string): Spread {
  return spreadOf(
    side.rounds.map((one, round) => (one[figure] ?? 0) / (reference.rounds[round]?.[figure] ?? Number.NaN)),
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

/** Where the median of what these were drawn from lies with a probability of 95 %, whatever its distribution: between two of them, by the sign test. */
export function medianInterval(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  // How probable it is that `below` of them or fewer are on one side of it.
  let below = -1;
  for (let term = 0.5 ** length, sum = term; sum <= 0.025; sum += term) {
    below++;
    term *= (length - below) / (below + 1);
  }
  const rank = Math.max(0, below);
  return {
    median: middle(sorted),
    least: sorted[rank] ?? Number.NaN,
    most: sorted[length - 1 - rank] ?? Number.NaN,
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
