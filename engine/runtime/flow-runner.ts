// Runs one deployed flow in this process: producers, stages, consumers; starts, reports and stops them together.
import type { ProducerNode, Stage } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import type { Connector, JsonObject, Producer } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import { type AggregateStage, aggregateStage } from './aggregate/aggregate-stage.ts';
import { GroupJournal } from './aggregate/group-journal.ts';
import { claimsOf } from './claims.ts';
import { runConsumer } from './consumer-runner.ts';
import type { DeployedFlow, RetiringStage } from './deployed-flow.ts';
import { connectorContext, redactor } from './flow-context.ts';
import { FlowFailures } from './flow-failures.ts';
import { FlowLookups } from './flow-lookups.ts';
import { FlowPayloads } from './flow-payloads.ts';
import { FlowStats, type FlowStatsSnapshot } from './flow-stats.ts';
import { LaneShares } from './lanes/lane-shares.ts';
import { LanedStages } from './lanes/laned-stages.ts';
import { compileKey } from './lanes/order-key.ts';
import { pause } from './pause.ts';
import { ProducerQueue } from './producer-queue.ts';
import type { RuntimeParts } from './runtime-parts.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { TailSwitch } from './trace.ts';
import { delayGate, type Gate, ThrottleGate } from './waiting/gate.ts';

export interface RunningFlow {
  readonly deployed: DeployedFlow;
  stats(): FlowStatsSnapshot;
  /** Why a consumer or producer of it cannot run; undefined when they all can, as far as is known. */
  readonly failing: string | undefined;
  /** Resolves when every consumer has come to the end of its source; never for sources without one. */
  readonly exhausted: Promise<void>;
  /** Stops consumers, lets stages finish what they hold (at most `graceMs`), closes producers. */
  stop(graceMs: number): Promise<void>;
}

/** How long a lane that goes to another worker may finish what it holds. */
const handOverMs = 5_000;
const producerRetry = { initialMs: 500, maxMs: 30_000 };

/** What a flow needs beside the runtime's parts. */
export interface FlowParts extends Omit<RuntimeParts, 'cluster'> {
  /** Workers alive now, this one included. */
  readonly workers: () => number;
}

/** Starts a flow. Throws VRS3301 when `${env:}` or `${secret:}` values are missing, and what steps throw that cannot run here. */
export function startFlow(deployed: DeployedFlow, parts: FlowParts): RunningFlow {
  const runner = new FlowRunner(deployed, parts);
  runner.start();
  return runner;
}

class FlowRunner implements RunningFlow {
  readonly deployed: DeployedFlow;
  exhausted: Promise<void> = Promise.resolve();
  readonly #parts: FlowParts;
  readonly #stats = new FlowStats();
  readonly #failures = new FlowFailures();
  /** Consumers stop first; producers and tails live until the stages are done. */
  readonly #accepting = new AbortController();
  readonly #running = new AbortController();
  readonly #payloads: FlowPayloads;
  readonly #stages: StageRunner[] = [];
  readonly #lookups: FlowLookups;
  /** By the name that the flow had when the stages were its own. */
  readonly #laned = new Map<string, LanedStages>();
  readonly #shares: LaneShares[] = [];
  #flowGate: Gate | undefined;
  readonly #producers: Producer[] = [];
  readonly #starting: Promise<void>[] = [];
  readonly #secrets: string[] = [];
  #redact: (text: string) => string = (text) => text;

  constructor(deployed: DeployedFlow, parts: FlowParts) {
    this.deployed = deployed;
    this.#parts = parts;
    const { loadConnector } = parts;
    this.#lookups = new FlowLookups({
      loadConnector,
      context: (name) => this.#context(name, this.#running.signal),
    });
    this.#payloads = new FlowPayloads(parts.payloads, deployed.flow, this.#running.signal);
  }

  start(): void {
    const { flow, retiring, suspended } = this.deployed;
    const stages = [...flow.stages.map((stage) => ({ stream: flow.stream, stage })), ...retiring];
    const prepared = stages.map((stage) => this.#prepareStage(stage));
    const accepting = suspended === undefined ? flow.consumers : [];
    const consumers = accepting.map((node) => ({ node, config: this.#resolve(node.config) }));
    this.#useStore();
    this.#redact = redactor(this.#secrets);
    const tail = new TailSwitch(this.#parts.broker, flow.name, this.#running.signal);
    for (const startStage of prepared) this.#starting.push(startStage(tail));
    this.#shareLanes(stages);
    const running = consumers.map(({ node, config }) => this.#startConsumer(node, config));
    this.exhausted = Promise.all(running).then(() => undefined);
  }

  stats(): FlowStatsSnapshot {
    return this.#stats.snapshot(this.deployed.flow.name, this.deployed.flow.digest);
  }

  get failing(): string | undefined {
    const { reason } = this.#failures;
    return reason === undefined ? undefined : this.#redact(reason);
  }

  async stop(graceMs: number): Promise<void> {
    this.#accepting.abort();
    await Promise.race([this.exhausted, pause(graceMs, this.#running.signal)]);
    const stages = [...this.#shares, ...this.#stages];
    await Promise.all(stages.map((one) => one.stop(graceMs)));
    this.#running.abort();
    await Promise.allSettled(this.#starting);
    await Promise.allSettled([this.#lookups.close(), ...this.#producers.map((producer) => producer.close())]);
  }

  /**
   * One worker runs a lane; the lanes of all stages are shared as one set. A renamed flow has its former lanes once its former self has
   * let go of them.
   */
  #shareLanes(stages: readonly RetiringStage[]): void {
    const { broker, workers, log } = this.#parts;
    const laned = stages.map(({ stage }) => stage).filter(({ lanes }) => lanes !== undefined);
    for (const [flow, members] of Map.groupBy(laned, flowNameOf)) {
      const shares = new LaneShares({
        flow,
        lanes: Math.max(...members.map(({ lanes = 0 }) => lanes)),
        lease: (name, ttlMs, signal) => broker.lease(name, ttlMs, signal),
        workers,
        start: (lane) => this.#lanedOf(flow).start(lane),
        handOverMs,
        log,
      });
      this.#shares.push(shares);
      shares.start();
    }
  }

  #lanedOf(flow: string): LanedStages {
    const known = this.#laned.get(flow) ?? new LanedStages();
    this.#laned.set(flow, known);
    return known;
  }

  /** Everything that can be wrong with a stage is found here, before anything runs. */
  #prepareStage({ stream, stage }: RetiringStage): (tail: TailSwitch) => Promise<void> {
    const { flow } = this.deployed;
    const { broker, log, clock, stepTypes } = this.#parts;
    const run = compileStage(stage, stepTypes, (name) => ({
      flow: flow.name,
      step: name,
      claim: claimsOf(broker, flow.name, name),
      lookup: (config) => this.#lookups.of(name, this.#resolve(config)),
    }));
    const gates = this.#gatesOf(stage);
    const isDuplicate = this.#duplicateCheck(stage);
    const nodes = Object.values(stage.nodes).filter((node): node is ProducerNode => node.kind === 'producer');
    const configured = nodes.map((node) => ({ node, config: this.#resolve(node.config) }));
    return async (tail) => {
      const producers = new Map<string, ProducerQueue>();
      for (const { node, config } of configured) {
        const producer = await this.#openProducer(node, config);
        if (producer === undefined) return;
        producers.set(node.name, this.#queueFor(node, producer));
      }
      if (this.#accepting.signal.aborted) return;
      const parts = {
        ...{ flow, stream, stage, run, producers, payloads: this.#payloads, broker, tail, log, clock, gates },
        ...(isDuplicate === undefined ? {} : { isDuplicate }),
        stats: this.#stats,
        redact: this.#redact,
      };
      this.#open(
        stage,
        (lane) => new StageRunner(lane === undefined ? parts : { ...parts, lane, ...this.#gathering(stage) }),
      );
    };
  }

  /** The store of the flow's large payloads, when it is not the engine's own. */
  #useStore(): void {
    const store = this.deployed.flow.payload?.store;
    if (store === undefined) return;
    const config = this.#resolve(store.config);
    const { payloads, openStore } = this.#parts;
    payloads.use(store.name, JSON.stringify([store.type, config]), () => openStore(store.type, config));
  }

  #queueFor({ name, batch, breaker }: ProducerNode, producer: Producer): ProducerQueue {
    const { signal } = this.#running;
    const { log } = this.#context(name, signal);
    const { deadlineMs } = this.deployed.flow.delivery;
    const { clock } = this.#parts;
    return new ProducerQueue({ producer, batch, breaker, deadlineMs, signal, clock, log });
  }

  #open(stage: Stage, runner: (lane?: number) => StageRunner): void {
    if (stage.lanes !== undefined) {
      const now = this.deployed.flow.stages.find(({ durable }) => durable === stage.durable);
      const firstLane = now === stage ? 0 : (now?.lanes ?? 0);
      this.#lanedOf(flowNameOf(stage)).add({ firstLane, lanes: stage.lanes, runner });
      return;
    }
    const running = runner();
    this.#stages.push(running);
    running.start();
  }

  /** The bound of a flow holds over all its first stages together. */
  #gatesOf({ reason, throttle, delayMs }: Stage): readonly Gate[] {
    const { flow } = this.deployed;
    const { clock } = this.#parts;
    const gates: Gate[] = [];
    if (delayMs !== undefined) gates.push(delayGate(delayMs, clock));
    if (throttle !== undefined) gates.push(new ThrottleGate(throttle, clock));
    if (flow.throttle !== undefined && reason === 'ingress') {
      this.#flowGate ??= new ThrottleGate(flow.throttle, clock);
      gates.push(this.#flowGate);
    }
    return gates;
  }

  /** What a stage that begins with an aggregate step gathers by. */
  #gathering({ name, entry, nodes }: Stage): { readonly aggregate?: AggregateStage } {
    const node = nodes[entry];
    if (node?.kind !== 'step' || node.type !== 'aggregate') return {};
    const { broker } = this.#parts;
    const key = `aggregate.${this.deployed.flow.name}.${name}`;
    const journal = new GroupJournal(() => broker.bucket(buckets.state), key);
    return { aggregate: aggregateStage(entry, node.config, journal) };
  }

  #duplicateCheck(stage: Stage): ((message: Message) => Promise<boolean>) | undefined {
    const { name, idempotency } = this.deployed.flow;
    if (idempotency === undefined || stage.reason !== 'ingress') return undefined;
    const keyOf = compileKey(idempotency.key);
    const claim = claimsOf(this.#parts.broker, name, stage.name);
    return async (message) => {
      const key = await keyOf(message);
      return key !== undefined && (await claim(key, message.id, idempotency.windowMs)) !== message.id;
    };
  }

  /** Opens a producer, again and again until it succeeds: its stage pulls nothing meanwhile. Undefined when the flow stops first. */
  async #openProducer(node: ProducerNode, config: JsonObject): Promise<Producer | undefined> {
    const context = this.#context(node.name, this.#running.signal);
    for (let failures = 0; !this.#accepting.signal.aborted; failures++) {
      try {
        const connector = await this.#parts.loadConnector(node.type);
        if (connector.producer === undefined)
          throw new VrskyError('VRS8003', `connector ${node.type} has no producer`);
        const producer = await connector.producer(config, context);
        this.#producers.push(producer);
        this.#failures.works(node.name);
        return producer;
      } catch (error) {
        this.#failures.failed(node.name, error);
        const delayMs = Math.min(producerRetry.maxMs, producerRetry.initialMs * 2 ** failures);
        context.log(
          'error',
          `cannot open the producer: ${(error as Error).message}; trying again in ${delayMs / 1000} s`,
        );
        await pause(delayMs, this.#accepting.signal);
      }
    }
    return undefined;
  }

  async #startConsumer(node: DeployedFlow['flow']['consumers'][number], config: JsonObject): Promise<void> {
    const context = this.#context(node.name, this.#accepting.signal);
    const flow = this.deployed.flow.name;
    let connector: Connector;
    try {
      connector = await this.#parts.loadConnector(node.type);
    } catch (error) {
      context.log('error', `cannot load the connector: ${(error as Error).message}`);
      this.#failures.failed(node.name, error);
      return new Promise((resolve) =>
        this.#accepting.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    }
    const { ordering } = this.deployed.flow;
    await runConsumer({
      flow,
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
    });
  }

  #context(name: string, signal: AbortSignal) {
    const { resolvePath, log } = this.#parts;
    const redact = (text: string) => this.#redact(text);
    return connectorContext({ flow: this.deployed.flow.name, signal, resolvePath, redact, log }, name);
  }

  #resolve(config: JsonObject): JsonObject {
    const { value, missing, secrets } = this.#parts.resolveConfig(config);
    if (missing.length > 0) {
      const flow = this.deployed.flow.name;
      throw new VrskyError(
        'VRS3301',
        `flow ${flow} needs ${missing.join(', ')}, which this engine does not have`,
        {
          help: 'Set the environment variable, or put the secret where the engine looks for it (vrsky run --help).',
        },
      );
    }
    this.#secrets.push(...secrets);
    return value as JsonObject;
  }
}

/** `flow.orders.shape` → `orders`. */
function flowNameOf({ subject }: Stage): string {
  return subject.split('.')[1] ?? '';
}
