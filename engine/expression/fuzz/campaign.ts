// Runs random expressions over random documents, compiled against the package, until something differs or time is up.
import { compare, type Difference } from './compare.ts';
import { randomDocument } from './document.ts';
import { randomExpression } from './expression.ts';
import { render } from './piece.ts';
import { randomFrom } from './random.ts';
import { shrink } from './shrink.ts';

export interface Report {
  readonly cases: number;
  /** Cases in which the two could not be compared. */
  readonly skipped: number;
  readonly notCompiled: number;
  readonly differences: readonly (Difference & { readonly seed: number })[];
}

export interface CampaignOptions {
  readonly seed: number;
  readonly cases?: number;
  readonly until?: number;
  /** Stop after so many. */
  readonly differences?: number;
  onDifference?(difference: Difference & { readonly seed: number }): void;
}

/** Every case has a seed of its own: the first is `seed`. */
export async function campaign(options: CampaignOptions): Promise<Report> {
  const { seed, cases = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const differences: (Difference & { readonly seed: number })[] = [];
  let count = 0;
  let skipped = 0;
  let notCompiled = 0;
  while (count < cases && performance.now() < until && differences.length < (options.differences ?? 1)) {
    const random = randomFrom(seed + count);
    const document = randomDocument(random);
    const found = randomExpression(random);
    const result = await compare(render(found), document);
    if (result.skipped !== undefined) skipped += 1;
    if (result.isCompiled === false) notCompiled += 1;
    if (result.difference !== undefined) {
      const small = { ...(await shrink(found, result.difference)), seed: seed + count };
      differences.push(small);
      options.onDifference?.(small);
    }
    count += 1;
  }
  return { cases: count, skipped, notCompiled, differences };
}
