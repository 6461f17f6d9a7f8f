// Runs one compiled flow in memory: the runtime of production over a message system, connectors and a clock that a test controls.
import type { CompiledFlow } from '../../compile/program.ts';
import { buckets } from '../../compile/topology.ts';
import type { Json } from '../../flow/graph.ts';
import { engineStore, PayloadDepot } from '../../payload/depot.ts';
import { PayloadHolders } from '../../payload/holders.ts';
import type { Payload } from '../../payload/payload.ts';
import { type RunningFlow, startFlow } from '../../runtime/flow-runner.ts';
import type { ResolvedConfig } from '../../runtime/runtime-parts.ts';
import { SettledMemory } from '../../runtime/settled-memory.ts';
import type { StepTypes } from '../../runtime/stage-program.ts';
import { control, type TraceEvent } from '../../runtime/trace.ts';
import { type BuriedMessage, buriedMessage } from './buried-message.ts';
import { consumerOf, withStepInputs } from './entry.ts';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryStore } from './memory-store.ts';
import { observedSteps, type StepRecord } from './observed-steps.ts';
import { VirtualClock } from './virtual-clock.ts';
import { type Peers, VirtualConnectors, type VirtualDelivery } from './virtual-connectors.ts';

/** A message that comes in. */
export interface SimulatedInput {
  /** A consumer, or a step that gets it as if the one before had passed it on. */
  readonly at: string;
  readonly payload: Payload;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | undefined;
  /** The source's own id for it. */
  readonly id: string | undefined;
  /** How much later than the one before. */
  readonly afterMs: number;
}

/** How a message left the flow: every one does in one of these ways. */
export type Ending =
  | ({ readonly kind: 'delivered' } & VirtualDelivery)
  | { readonly kind: 'filtered'; readonly step: string; readonly reason: string }
  | ({ readonly kind: 'dead' } & BuriedMessage);

/** A try that failed and is followed by another. */
export interface FailedTry {
  readonly node: string;
  readonly error: string;
  readonly attempt: number;
}

export interface SimulationOptions {
  readonly flow: CompiledFlow;
  readonly stepTypes: StepTypes;
  readonly inputs: readonly SimulatedInput[];
  readonly peers: Peers;
  readonly resolveConfig: (config: Json) => ResolvedConfig;
  /** Milliseconds since the epoch at which the first message comes in. */
  readonly startMs: number;
}

export interface SimulationResult {
  readonly endings: readonly Ending[];
  readonly failedTries: readonly FailedTry[];
  readonly steps: readonly StepRecord[];
  /** Messages that the flow would not accept, and why. */
  readonly refused: readonly { readonly input: number; readonly error: string }[];
  /** Messages that never came to an end. */
  readonly stuck: number;
}

/** Real time without anything happening after which a message that no clock wakes is given up on: a busy machine needs some. */
const patienceMs = 10_000;

/** Gives the flow its messages and lets the time pass until each has left it. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #clock: VirtualClock;
  readonly #broker: MemoryBroker;
  readonly #connectors: VirtualConnectors;
  readonly #flow: CompiledFlow;
  readonly #endings: Ending[] = [];
  readonly #failedTries: FailedTry[] = [];
  readonly #steps: StepRecord[] = [];
  readonly #refused: { readonly input: number; readonly error: string }[] = [];
  /** Counts what happens, to notice when nothing does any more. */
  #events = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#flow = withStepInputs(
      options.flow,
      options.inputs.map(({ at }) => at),
    );
    this.#clock = new VirtualClock(options.startMs);
    this.#broker = new MemoryBroker(this.#clock, {
      onDeadLetter: (letter) => this.#end({ kind: 'dead', ...buriedMessage(letter, this.#flow.name) }),
      onEmit: (_subject, value) => this.#hear(value as TraceEvent),
    });
    this.#connectors = new VirtualConnectors({
      clock: this.#clock,
      peers: options.peers,
      onDelivery: (delivery) => this.#end({ kind: 'delivered', ...delivery }),
    });
  }

  async run(): Promise<SimulationResult> {
    const running = this.#start();
    this.#broker.tell(control.tail(this.#flow.name), { forMs: 60_000 });
    for (const [index, input] of this.#options.inputs.entries()) await this.#give(input, index);
    const stuck = await this.#drain();
    this.#broker.stop();
    await running.stop(0);
    return {
      endings: this.#endings,
      failedTries: this.#failedTries,
      steps: this.#steps,
      refused: this.#refused,
      stuck,
    };
  }

  #start(): RunningFlow {
    const { stepTypes, resolveConfig } = this.#options;
    const holders = new PayloadHolders(() => this.#broker.bucket(buckets.payloads));
    const payloads = new PayloadDepot(new Map([[engineStore, new MemoryStore()]]), holders);
    payloads.issuer = { issue: ({ holder }) => `https://links.invalid/${holder}` };
    return startFlow(
      { flow: this.#flow, retiring: [] },
      {
        broker: this.#broker,
        payloads,
        openStore: () => new MemoryStore(),
        stepTypes: observedSteps(stepTypes, (record) => {
          this.#events++;
          this.#steps.push(record);
        }),
        loadConnector: this.#connectors.load,
        resolveConfig,
        resolvePath: (file) => file,
        log: () => undefined,
        clock: this.#clock,
        workers: () => 1,
        settled: new SettledMemory(),
      },
    );
  }

  async #give(input: SimulatedInput, index: number): Promise<void> {
    const { at, payload, headers, key, id, afterMs } = input;
    await this.#letPass(afterMs);
    const accepted = this.#connectors.offer(consumerOf(this.#flow, at), {
      payload,
      headers,
      ...(key === undefined ? {} : { key }),
      ...(id === undefined ? {} : { id }),
    });
    await accepted.catch((error: Error) => this.#refused.push({ input: index, error: error.message }));
    await this.#quiet();
  }

  /** Everything due within that time happens, in its order. */
  async #letPass(ms: number): Promise<void> {
    const untilMs = this.#clock.now() + ms;
    await this.#quiet();
    while (this.#clock.wakeNext(untilMs)) await this.#quiet();
  }

  /** Lets the time pass until every message has left; answers how many cannot. */
  async #drain(): Promise<number> {
    for (let last = -1, giveUpAt = 0; ; ) {
      await this.#quiet();
      if (this.#broker.unsettled === 0) return 0;
      if (this.#events !== last) giveUpAt = performance.now() + patienceMs;
      last = this.#events;
      const { nextDueMs } = this.#clock;
      if (nextDueMs !== undefined) this.#clock.wakeNext(nextDueMs);
      else if (performance.now() > giveUpAt) return this.#broker.unsettled;
    }
  }

  /** Until a turn of the event loop goes by in which nothing happens. */
  async #quiet(): Promise<void> {
    for (let before = -1; before !== this.#events; ) {
      before = this.#events;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #end(ending: Ending): void {
    this.#events++;
    this.#endings.push(ending);
  }

  #hear({ outcome, attempt }: TraceEvent): void {
    this.#events++;
    if (outcome.kind === 'retry') {
      this.#failedTries.push({ node: outcome.node, error: outcome.error, attempt });
      return;
    }
    if (outcome.kind !== 'settled') return;
    for (const { node, reason } of outcome.filtered) this.#end({ kind: 'filtered', step: node, reason });
  }
}
