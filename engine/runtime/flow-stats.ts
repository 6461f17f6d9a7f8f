// Counts what a flow's messages came to, and how long they took.
import { type LatencyCounts, LatencyHistogram } from './latency-histogram.ts';

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
  /** From acceptance to the end: delivered or filtered. */
  readonly latency: LatencyCounts;
}

/** Per flow and worker. */
export class FlowStats {
  accepted = 0;
  filtered = 0;
  deadLettered = 0;
  retried = 0;
  readonly delivered: Record<string, number> = {};
  readonly latency = new LatencyHistogram();

  countDelivered(producer: string): void {
    this.delivered[producer] = (this.delivered[producer] ?? 0) + 1;
  }

  snapshot(flow: string, digest: string): FlowStatsSnapshot {
    const { accepted, filtered, deadLettered, retried } = this;
    return {
      flow,
      digest,
      accepted,
      filtered,
      deadLettered,
      retried,
      delivered: { ...this.delivered },
      latency: this.latency.counts(),
    };
  }
}
