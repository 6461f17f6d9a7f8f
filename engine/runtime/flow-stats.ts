// Counts what a flow's messages came to, and how long they took.

/** A snapshot as it is reported by `status` and printed by `npm start`. */
export interface FlowStatsSnapshot {
  readonly flow: string;
  readonly digest: string;
  readonly accepted: number;
  readonly filtered: number;
  readonly deadLettered: number;
  readonly retried: number;
  /** By producer. */
  readonly delivered: Readonly<Record<string, number>>;
  /** Milliseconds from acceptance to the end (delivered or filtered); absent before the first. */
  readonly latency?: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Buckets grow by 5 %: a percentile is exact to that. From 0.05 ms to about 10 days. */
const bucketFactor = Math.log(1.05);
const smallestMs = 0.05;

/** Per flow and worker. Cheap to write to: a few additions per message. */
export class FlowStats {
  accepted = 0;
  filtered = 0;
  deadLettered = 0;
  retried = 0;
  readonly delivered: Record<string, number> = {};
  readonly #buckets = new Map<number, number>();
  #samples = 0;
  #maxMs = 0;

  countDelivered(producer: string): void {
    this.delivered[producer] = (this.delivered[producer] ?? 0) + 1;
  }

  recordLatency(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(ms, smallestMs) / smallestMs) / bucketFactor));
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#samples++;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  snapshot(flow: string, digest: string): FlowStatsSnapshot {
    const { accepted, filtered, deadLettered, retried } = this;
    const counts = {
      flow,
      digest,
      accepted,
      filtered,
      deadLettered,
      retried,
      delivered: { ...this.delivered },
    };
    if (this.#samples === 0) return counts;
    return {
      ...counts,
      latency: { p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: this.#maxMs },
    };
  }

  #percentile(share: number): number {
    const rank = Math.ceil(this.#samples * share);
    let seen = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return Math.min(this.#maxMs, smallestMs * Math.exp(bucket * bucketFactor));
    }
    return this.#maxMs;
  }
}
