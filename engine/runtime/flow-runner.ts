// Runs one deployed flow in this process: producers, stages, consumers; starts, reports and stops them together.
import type { ConsumerNode, ProducerNode } from '../compile/program.ts';
import type { Connector, JsonObject, Producer } from '../connector/contract.ts';
import { claimsOf } from './claims.ts';
import { isLiveConsumer, runConsumer } from './consumer-runner.ts';
import { type DeployedFlow, originOf, type RetiringStage } from './deployed-flow.ts';
import { FlowFailures } from './flow-failures.ts';
import { FlowLookups } from './flow-lookups.ts';
import { FlowPayloads } from './flow-payloads.ts';
import { FlowSettings } from './flow-settings.ts';
import { FlowStats, type FlowStatsSnapshot } from './flow-stats.ts';
import { FlowLanes } from './lanes/flow-lanes.ts';
import { compileKey } from './lanes/order-key.ts';
import { openProducer } from './open-producer.ts';
import { pause } from './pause.ts';
import { ProducerQueue } from './producer-queue.ts';
import type { RuntimeParts } from './runtime-parts.ts';
import type { SettledMemory } from './settled-memory.ts';
import { duplicateCheck, FlowGates, gatheringOf } from './stage-entrance.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { stopReason } from './stop-reason.ts';
import { TailSwitch } from './trace.ts';

export interface RunningFlow {
  readonly deployed: DeployedFlow;
  stats(): FlowStatsSnapshot;
  /** Why a consumer or producer of it cannot run; undefined when they all can, as far as is known. */
  readonly failing: string | undefined;
  /** Resolves when every live consumer takes in, or cannot. */
  readonly listening: Promise<unknown>;
  /** Resolves when every consumer has come to the end of its source; never for sources without one. */
  readonly exhausted: Promise<void>;
  /** Stops consumers, lets stages finish what they hold (at most `graceMs`), closes producers. */
  stop(graceMs: number): Promise<void>;
}

/** What a flow needs beside the runtime's parts. */
export interface FlowParts extends Omit<RuntimeParts, 'cluster'> {
  /** Workers alive now, this one included. */
  readonly workers: () => number;
  readonly settled: SettledMemory;
}

/** Starts a flow. Throws VRS3301 when `${env:}` or `${secret:}` values are missing, and what steps throw that cannot run here. */
export function startFlow(deployed: DeployedFlow, parts: FlowParts): RunningFlow {
  const runner = new FlowRunner(deployed, parts);
  runner.start();
  return runner;
}

class FlowRunner implements RunningFlow {
  readonly deployed: DeployedFlow;
  listening: Promise<unknown> = Promise.resolve();
  exhausted: Promise<void> = Promise.resolve();
  readonly #parts: FlowParts;
  readonly #settings: FlowSettings;
  readonly #stats = new FlowStats();
  readonly #failures = new FlowFailures();
  /** Consumers stop first; producers and tails live until the stages are done. */
  readonly #accepting = new AbortController();
  readonly #running = new AbortController();
  readonly #payloads: FlowPayloads;
  readonly #lookups: FlowLookups;
  readonly #gates: FlowGates;
  readonly #lanes: FlowLanes;
  readonly #stages: StageRunner[] = [];
  readonly #producers: Producer[] = [];
  readonly #starting: Promise<void>[] = [];

  constructor(deployed: DeployedFlow, parts: FlowParts) {
    const { flow } = deployed;
    this.deployed = deployed;
    this.#parts = parts;
    this.#settings = new FlowSettings(flow.name, parts);
    this.#lookups = new FlowLookups({
      loadConnector: parts.loadConnector,
      context: (name) => this.#settings.context(name, this.#running.signal),
    });
    this.#payloads = new FlowPayloads(parts.payloads, flow, this.#running.signal);
    this.#gates = new FlowGates(flow, parts.clock);
    this.#lanes = new FlowLanes(flow, parts);
  }

  start(): void {
    const { flow, retiring, suspended } = this.deployed;
    const stages = [...flow.stages.map((stage) => ({ stream: flow.stream, stage })), ...retiring];
    const prepared = stages.map((stage) => this.#prepareStage(stage));
    const accepting = suspended === undefined || suspended === 'handover' ? flow.consumers : [];
    const consumers = accepting.map((node) => ({ node, config: this.#settings.resolve(node.config) }));
    this.#useStore();
    const tail = new TailSwitch(this.#parts.broker, flow.name, this.#running.signal);
    for (const startStage of prepared) this.#starting.push(startStage(tail));
    this.#lanes.share(stages.map(({ stage }) => stage));
    const started = consumers.map(({ node, config }) => {
      const takesIn = Promise.withResolvers<void>();
      const ended = this.#startConsumer(node, config, takesIn.resolve).finally(takesIn.resolve);
      return { ended, takesIn: takesIn.promise };
    });
    this.listening = Promise.all(started.map(({ takesIn }) => takesIn));
    this.exhausted = Promise.all(started.map(({ ended }) => ended)).then(() => undefined);
  }

  stats(): FlowStatsSnapshot {
    return this.#stats.snapshot(this.deployed.flow.name, this.deployed.flow.digest);
  }

  get failing(): string | undefined {
    const { reason } = this.#failures;
    return reason === undefined ? undefined : this.#settings.redact(reason);
  }

  async stop(graceMs: number): Promise<void> {
    this.#accepting.abort(stopReason);
    await Promise.race([this.exhausted, pause(graceMs, this.#running.signal)]);
    await Promise.all([this.#lanes.stop(graceMs), ...this.#stages.map((stage) => stage.stop(graceMs))]);
    this.#running.abort(stopReason);
    await Promise.allSettled(this.#starting);
    await Promise.allSettled([this.#lookups.close(), ...this.#producers.map((producer) => producer.close())]);
  }

  /** Everything that can be wrong with a stage is found here, before anything runs. */
  #prepareStage({ stream, stage }: RetiringStage): (tail: TailSwitch) => Promise<void> {
    const { flow } = this.deployed;
    const { broker, log, clock, stepTypes } = this.#parts;
    const run = compileStage(stage, stepTypes, (name) => ({
      flow: flow.name,
      step: name,
      claim: claimsOf(broker, flow.name, name),
      lookup: (config) => this.#lookups.of(name, this.#settings.resolve(config)),
    }));
    const gates = this.#gates.of(stage);
    const isDuplicate = duplicateCheck(flow, stage, broker);
    const nodes = Object.values(stage.nodes).filter((node): node is ProducerNode => node.kind === 'producer');
    const configured = nodes.map((node) => ({ node, config: this.#settings.resolve(node.config) }));
    return async (tail) => {
      const producers = new Map<string, ProducerQueue>();
      for (const { node, config } of configured) {
        const queue = await this.#openQueue(node, config);
        if (queue === undefined) return;
        producers.set(node.name, queue);
      }
      if (this.#accepting.signal.aborted) return;
      const parts = {
        ...{ flow, stream, stage, run, producers, payloads: this.#payloads, broker, tail, log, clock, gates },
        ...(isDuplicate === undefined ? {} : { isDuplicate }),
        stats: this.#stats,
        redact: this.#settings.redact,
        settled: this.#parts.settled,
      };
      if (stage.lanes === undefined) this.#run(new StageRunner(parts));
      else
        this.#lanes.add(
          stage,
          stage.lanes,
          (lane) => new StageRunner({ ...parts, lane, ...gatheringOf(flow, stage, broker) }),
        );
    };
  }

  #run(stage: StageRunner): void {
    this.#stages.push(stage);
    stage.start();
  }

  /** The store of the flow's large payloads, when it is not the engine's own. */
  #useStore(): void {
    const store = this.deployed.flow.payload?.store;
    if (store === undefined) return;
    const config = this.#settings.resolve(store.config);
    const { payloads, openStore } = this.#parts;
    payloads.use(store.name, JSON.stringify([store.type, config]), () => openStore(store.type, config));
  }

  /** Undefined when the flow stops before its producer could be opened. */
  async #openQueue(node: ProducerNode, config: JsonObject): Promise<ProducerQueue | undefined> {
    const { signal } = this.#running;
    const { clock, loadConnector } = this.#parts;
    const context = this.#settings.context(node.name, signal);
    const producer = await openProducer({
      node: { name: node.name, type: node.type, config },
      context,
      loadConnector,
      failures: this.#failures,
      signal: this.#accepting.signal,
    });
    if (producer === undefined) return undefined;
    this.#producers.push(producer);
    const { batch, breaker } = node;
    const { deadlineMs } = this.deployed.flow.delivery;
    return new ProducerQueue({ producer, batch, breaker, deadlineMs, signal, clock, log: context.log });
  }

  async #startConsumer(node: ConsumerNode, config: JsonObject, listening: () => void): Promise<void> {
    const context = this.#settings.context(node.name, this.#accepting.signal);
    const { suspended } = this.deployed;
    const { name: flow, ordering } = this.deployed.flow;
    let connector: Connector;
    try {
      connector = await this.#parts.loadConnector(node.type);
    } catch (error) {
      context.log('error', `cannot load the connector: ${(error as Error).message}`);
      this.#failures.failed(node.name, error);
      listening();
      return new Promise((resolve) =>
        this.#accepting.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    }
    if (suspended === 'handover' && !isLiveConsumer(connector, config)) return;
    await runConsumer({
      flow,
      origin: originOf(this.deployed),
      node,
      ...(ordering === undefined ? {} : { orderKeyOf: compileKey(ordering.key) }),
      connector,
      config,
      context,
      clock: this.#parts.clock,
      broker: this.#parts.broker,
      payloads: this.#payloads,
      stats: this.#stats,
      failures: this.#failures,
      listening,
    });
  }
}
