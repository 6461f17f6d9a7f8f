// The lanes of a flow in this worker: one worker runs a lane, and the lanes of all stages are shared among workers as one set.
import type { CompiledFlow, Stage } from '../../compile/program.ts';
import type { RuntimeParts } from '../runtime-parts.ts';
import type { StageRunner } from '../stage-runner.ts';
import { LaneShares } from './lane-shares.ts';
import { LanedStages } from './laned-stages.ts';

/** How long a lane that goes to another worker may finish what it holds. */
const handOverMs = 5_000;

export interface FlowLanesParts extends Pick<RuntimeParts, 'broker' | 'log'> {
  readonly workers: () => number;
}

export class FlowLanes {
  readonly #flow: CompiledFlow;
  readonly #parts: FlowLanesParts;
  /** By the name that the flow had when the stages were its own. */
  readonly #laned = new Map<string, LanedStages>();
  readonly #shares: LaneShares[] = [];

  constructor(flow: CompiledFlow, parts: FlowLanesParts) {
    this.#flow = flow;
    this.#parts = parts;
  }

  /** A renamed flow has its former lanes once its former self has let go of them. */
  share(stages: readonly Stage[]): void {
    const { broker, workers, log } = this.#parts;
    const laned = stages.filter(({ lanes }) => lanes !== undefined);
    for (const [flow, members] of Map.groupBy(laned, flowNameOf)) {
      const shares = new LaneShares({
        flow,
        lanes: Math.max(...members.map(({ lanes = 0 }) => lanes)),
        lease: (name, ttlMs, signal) => broker.lease(name, ttlMs, signal),
        workers,
        start: (lane) => this.#of(flow).start(lane),
        handOverMs,
        log,
      });
      this.#shares.push(shares);
      shares.start();
    }
  }

  /** A stage whose producers are open. */
  add(stage: Stage, lanes: number, runner: (lane: number) => StageRunner): void {
    const now = this.#flow.stages.find(({ durable }) => durable === stage.durable);
    const firstLane = now === stage ? 0 : (now?.lanes ?? 0);
    this.#of(flowNameOf(stage)).add({ firstLane, lanes, runner });
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#shares.map((shares) => shares.stop(graceMs)));
  }

  #of(flow: string): LanedStages {
    const known = this.#laned.get(flow) ?? new LanedStages();
    this.#laned.set(flow, known);
    return known;
  }
}

/** `flow.orders.shape` → `orders`. */
function flowNameOf({ subject }: Stage): string {
  return subject.split('.')[1] ?? '';
}
