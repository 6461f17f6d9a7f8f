// Runs the stages of a flow that have lanes, for the lanes that this worker owns.
import type { StageRunner } from '../stage-runner.ts';
import type { OwnedLane } from './lane-shares.ts';

export interface LanedStage {
  /** Lanes before this one belong to the flow's present version of the stage. */
  readonly firstLane: number;
  readonly lanes: number;
  readonly runner: (lane: number) => StageRunner;
}

export class LanedStages {
  readonly #open: LanedStage[] = [];
  readonly #owned = new Map<number, StageRunner[]>();

  /** A stage whose producers are open; runs in the lanes already owned, too. */
  add(stage: LanedStage): void {
    this.#open.push(stage);
    for (const [lane, runners] of this.#owned) runners.push(...started(stage, lane));
  }

  /** The same lane of all stages has one owner. */
  start(lane: number): OwnedLane {
    const runners = this.#open.flatMap((stage) => started(stage, lane));
    this.#owned.set(lane, runners);
    return {
      stop: async (graceMs) => {
        this.#owned.delete(lane);
        await Promise.all(runners.map((runner) => runner.stop(graceMs)));
      },
    };
  }
}

function started({ firstLane, lanes, runner }: LanedStage, lane: number): readonly StageRunner[] {
  if (lane < firstLane || lane >= lanes) return [];
  const running = runner(lane);
  running.start();
  return [running];
}
