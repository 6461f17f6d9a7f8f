// How long messages took, as counts per class of durations: what several workers counted adds up, and what came before can be taken away.

/** Classes with what fell into each, in the order of durations. */
export type LatencyCounts = readonly (readonly [bucket: number, count: number])[];

/** Classes grow by 5 %: a percentile is exact to that. */
const growth = Math.log(1.05);
const smallestMs = 0.05;

/** Cheap to write to: an addition per message. */
export class LatencyHistogram {
  readonly #buckets = new Map<number, number>();

  record(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(ms, smallestMs) / smallestMs) / growth));
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  counts(): LatencyCounts {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }
}

/** The duration in milliseconds that a share (0 to 1) of the messages did not exceed; undefined when there are none. */
export function percentile(counts: LatencyCounts, share: number): number | undefined {
  const rank = Math.ceil(counts.reduce((sum, [, count]) => sum + count, 0) * share);
  let seen = 0;
  for (const [bucket, count] of counts) {
    seen += count;
    if (seen >= rank) return smallestMs * Math.exp(bucket * growth);
  }
  return undefined;
}

/** What several workers counted together. */
export function added(lists: readonly LatencyCounts[]): LatencyCounts {
  const sums = new Map<number, number>();
  for (const [bucket, count] of lists.flat()) sums.set(bucket, (sums.get(bucket) ?? 0) + count);
  return [...sums].sort(([a], [b]) => a - b);
}

/** What was counted after `before` was. */
export function since(before: LatencyCounts, counts: LatencyCounts): LatencyCounts {
  const former = new Map(before);
  return counts
    .map(([bucket, count]) => [bucket, count - (former.get(bucket) ?? 0)] as const)
    .filter(([, count]) => count > 0);
}
