// Runs one deployed flow in this process: producers, stages, consumers; starts, reports and stops them together.
import type { ProducerNode, Stage } from '../compile/program.ts';
import type { Connector, JsonObject, Producer } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { runConsumer } from './consumer-runner.ts';
import type { DeployedFlow } from './deployed-flow.ts';
import { connectorContext, redactor } from './flow-context.ts';
import { FlowStats, type FlowStatsSnapshot } from './flow-stats.ts';
import { pause } from './pause.ts';
import { ProducerQueue } from './producer-queue.ts';
import type { RuntimeParts } from './runtime-parts.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { TailSwitch } from './trace.ts';

export interface RunningFlow {
  readonly deployed: DeployedFlow;
  stats(): FlowStatsSnapshot;
  /** Resolves when every consumer has come to the end of its source; never for sources without one. */
  readonly exhausted: Promise<void>;
  /** Stops consumers, lets stages finish what they hold (at most `graceMs`), closes producers. */
  stop(graceMs: number): Promise<void>;
}

const producerRetry = { initialMs: 500, maxMs: 30_000 };

/** Starts a flow. Throws VRS3301 when `${env:}` or `${secret:}` values are missing, and what steps throw that cannot run here. */
export function startFlow(deployed: DeployedFlow, parts: RuntimeParts): RunningFlow {
  const runner = new FlowRunner(deployed, parts);
  runner.start();
  return runner;
}

class FlowRunner implements RunningFlow {
  readonly deployed: DeployedFlow;
  exhausted: Promise<void> = Promise.resolve();
  readonly #parts: RuntimeParts;
  readonly #stats = new FlowStats();
  /** Consumers stop first; producers and tails live until the stages are done. */
  readonly #accepting = new AbortController();
  readonly #running = new AbortController();
  readonly #stages: StageRunner[] = [];
  readonly #producers: Producer[] = [];
  readonly #starting: Promise<void>[] = [];
  readonly #secrets: string[] = [];
  #redact: (text: string) => string = (text) => text;

  constructor(deployed: DeployedFlow, parts: RuntimeParts) {
    this.deployed = deployed;
    this.#parts = parts;
  }

  start(): void {
    const { flow, retiring } = this.deployed;
    const stages = [...flow.stages.map((stage) => ({ stream: flow.stream, stage })), ...retiring];
    const prepared = stages.map(({ stream, stage }) => this.#prepareStage(stream, stage));
    const consumers = flow.consumers.map((node) => ({ node, config: this.#resolve(node.config) }));
    this.#redact = redactor(this.#secrets);
    const tail = new TailSwitch(this.#parts.broker, flow.name, this.#running.signal);
    for (const startStage of prepared) this.#starting.push(startStage(tail));
    const running = consumers.map(({ node, config }) => this.#startConsumer(node, config));
    this.exhausted = Promise.all(running).then(() => undefined);
  }

  stats(): FlowStatsSnapshot {
    return this.#stats.snapshot(this.deployed.flow.name, this.deployed.flow.digest);
  }

  async stop(graceMs: number): Promise<void> {
    this.#accepting.abort();
    await Promise.race([this.exhausted, pause(graceMs, this.#running.signal)]);
    await Promise.all(this.#stages.map((stage) => stage.stop(graceMs)));
    this.#running.abort();
    await Promise.allSettled(this.#starting);
    await Promise.allSettled(this.#producers.map((producer) => producer.close()));
  }

  /** Everything that can be wrong with a stage is found here, before anything runs. */
  #prepareStage(stream: string, stage: Stage): (tail: TailSwitch) => Promise<void> {
    const run = compileStage(stage, this.#parts.stepTypes);
    const nodes = Object.values(stage.nodes).filter((node): node is ProducerNode => node.kind === 'producer');
    const configured = nodes.map((node) => ({ node, config: this.#resolve(node.config) }));
    return async (tail) => {
      const producers = new Map<string, ProducerQueue>();
      for (const { node, config } of configured) {
        const producer = await this.#openProducer(node, config);
        if (producer === undefined) return;
        producers.set(node.name, new ProducerQueue(producer, this.#running.signal));
      }
      if (this.#accepting.signal.aborted) return;
      const { broker, log } = this.#parts;
      const redact = this.#redact;
      const flow = this.deployed.flow;
      const runner = new StageRunner({
        flow,
        stream,
        stage,
        run,
        producers,
        broker,
        stats: this.#stats,
        tail,
        redact,
        log,
      });
      this.#stages.push(runner);
      runner.start();
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
        return producer;
      } catch (error) {
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
      return new Promise((resolve) =>
        this.#accepting.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    }
    await runConsumer({
      flow,
      node,
      connector,
      config,
      context,
      broker: this.#parts.broker,
      stats: this.#stats,
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
