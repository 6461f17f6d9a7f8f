// Shares the lanes of one flow among the workers: each lane has one owner, every worker has its fair share.
import { pause } from '../pause.ts';
import type { Lease } from '../ports.ts';

/** What runs while a lane is owned. */
export interface OwnedLane {
  stop(graceMs: number): Promise<void>;
}

export interface LaneSharesParts {
  readonly flow: string;
  readonly lanes: number;
  /** Resolves once the lane is this worker's; rejects when the signal aborts first. */
  readonly lease: (name: string, ttlMs: number, signal: AbortSignal) => Promise<Lease>;
  /** Workers alive now, this one included. */
  readonly workers: () => number;
  readonly start: (lane: number) => OwnedLane;
  /** How long a lane that is handed over may finish what it holds. */
  readonly handOverMs: number;
  readonly log: (level: 'info' | 'warn', message: string) => void;
}

const leaseTtlMs = 4_000;
const lookAgainMs = 500;

export class LaneShares {
  readonly #parts: LaneSharesParts;
  readonly #stopped = new AbortController();
  readonly #held = new Set<number>();
  readonly #loops: Promise<void>[] = [];
  #graceMs = 0;

  constructor(parts: LaneSharesParts) {
    this.#parts = parts;
  }

  start(): void {
    for (let lane = 0; lane < this.#parts.lanes; lane++) this.#loops.push(this.#contend(lane));
  }

  /** Finishes what the lanes hold (at most `graceMs`) and leaves them to others. */
  async stop(graceMs: number): Promise<void> {
    this.#graceMs = graceMs;
    this.#stopped.abort();
    await Promise.all(this.#loops);
  }

  async #contend(lane: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      if (this.#held.size >= this.#fairShare()) {
        await pause(lookAgainMs, signal);
        continue;
      }
      const lease = await this.#lease(lane);
      if (lease === undefined) continue;
      if (this.#held.size < this.#fairShare()) await this.#own(lane, lease);
      await lease.release();
    }
  }

  async #lease(lane: number): Promise<Lease | undefined> {
    const { flow, lease, log } = this.#parts;
    try {
      return await lease(`lane.${flow}.${lane}`, leaseTtlMs, this.#stopped.signal);
    } catch (error) {
      if (this.#stopped.signal.aborted) return undefined;
      log('warn', `${flow}: cannot ask for lane ${lane}: ${(error as Error).message}`);
      await pause(lookAgainMs, this.#stopped.signal);
      return undefined;
    }
  }

  async #own(lane: number, lease: Lease): Promise<void> {
    this.#held.add(lane);
    const running = this.#parts.start(lane);
    const over = AbortSignal.any([lease.lost, this.#stopped.signal]);
    while (!over.aborted && !this.#isSurplus(lane)) await pause(lookAgainMs, over);
    if (lease.lost.aborted) {
      this.#parts.log('warn', `${this.#parts.flow}: lost lane ${lane} to another worker`);
      await running.stop(0);
    } else await running.stop(this.#stopped.signal.aborted ? this.#graceMs : this.#parts.handOverMs);
    this.#held.delete(lane);
  }

  /** The highest of the lanes held goes first when this worker holds more than its share. */
  #isSurplus(lane: number): boolean {
    return this.#held.size > this.#fairShare() && lane === Math.max(...this.#held);
  }

  #fairShare(): number {
    return Math.ceil(this.#parts.lanes / Math.max(1, this.#parts.workers()));
  }
}
