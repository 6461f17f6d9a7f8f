// Workers in this process on a real server, for tests: messages come from a list and go to a recorder.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ApplyOptions, Deployment, Health } from '../apply/deployment.ts';
import { openDeployment } from '../apply/open-deployment.ts';
import { buckets } from '../compile/topology.ts';
import type { Connector, Delivery, WriteOutcome } from '../connector/contract.ts';
import { DeliveryQueue } from '../connector/delivery-queue.ts';
import { type LogText, logText } from '../connector/log-text.ts';
import type { FlowGraph, Json } from '../flow/graph.ts';
import { applyPorts } from '../nats/apply-ports.ts';
import { connectBroker } from '../nats/connect.ts';
import { connectTest } from '../nats/test-broker.ts';
import { PayloadDepot } from '../payload/depot.ts';
import { PayloadHolders } from '../payload/holders.ts';
import { Payload } from '../payload/payload.ts';
import { systemClock } from '../runtime/clock.ts';
import { Worker } from '../runtime/worker.ts';
import { stepTypes } from '../steps/index.ts';
import { type TestServer, withServer } from './test-server.ts';

/** Longer than anything a scene waits for takes on the slowest machine; then it fails and says what was there. */
const patienceMs = 60_000;

/** What a producer got, as parsed JSON. */
export type Written = Record<string, unknown>;

export interface Scene {
  readonly server: TestServer;
  /** Offers one message to the flow's consumer; resolves when it is stored. */
  offer(value: unknown): Promise<void>;
  /** Everything written so far, in order. */
  readonly written: readonly Written[];
  /** Resolves when so many different values were written. */
  written$(count: number): Promise<void>;
  /** What the producer answers; delivered unless told otherwise. Producers are numbered from 1 as they are opened. */
  outcome: (value: Written, producer: number) => WriteOutcome | Promise<WriteOutcome>;
  worker(name: string, options?: { readonly graceMs?: number }): Promise<Worker>;
  /** Applies what the flow becomes; its workers follow. */
  change(graph: FlowGraph, options?: ApplyOptions): Promise<Health>;
  /** Consumers that are started from now on fail with this error as soon as there is one; absent: they work. */
  intakeFails: Promise<Error> | undefined;
  readonly deployment: Deployment;
  /** Resolves when workers have logged so many lines like this. */
  logged$(pattern: RegExp, count: number): Promise<void>;
}

/** Applies the flow (consumer type `http`, producers type `log` are played by the test) and starts no worker yet. */
export async function stage(t: TestContext, graph: FlowGraph): Promise<Scene> {
  const stops: (() => Promise<void>)[] = [];
  // Before the server's own: without a server a worker would wait for it.
  t.after(() => Promise.all(stops.map((stop) => stop())));
  const server = await withServer(t);
  const { broker, cluster } = await connectTest(t, server.url);
  const deployment = openDeployment(applyPorts({ broker, cluster }));
  const apply = async (flow: FlowGraph, options?: ApplyOptions): Promise<Health> => {
    const request = { flows: [flow], tenant: flow.tenant, owner: 'test' };
    const { value: plan, diagnostics } = await deployment.plan(request);
    assert.deepEqual(diagnostics, []);
    assert.ok(plan);
    const outcome = await deployment.apply(plan, options);
    assert.ok(outcome.kind === 'applied', JSON.stringify(outcome));
    return outcome.health;
  };
  await apply(graph);
  const written: Written[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const source = new SharedSource();
  const distinct = new Set<string>();
  let offered = 0;
  let producers = 0;
  const log: string[] = [];
  const listeners = new Set<() => void>();
  const say = (line: string) => {
    log.push(line);
    for (const listener of listeners) listener();
  };
  const account = () =>
    `${distinct.size} different values of ${written.length} were written: ${JSON.stringify(written)}\n${log.slice(-20).join('\n')}`;
  const scene: Scene = {
    server,
    written,
    outcome: () => ({ kind: 'delivered' }),
    offer: (value) =>
      within(
        new Promise((resolve, reject) =>
          source.push({
            payload: Payload.ofValue(value),
            // With a cursor the engine waits while the platform is short, instead of giving the message back.
            cursor: offered++,
            ack: () => resolve(),
            nack: (cause) => reject(new Error(cause.message)),
          }),
        ),
        () => `${JSON.stringify(value)} was not accepted; ${account()}`,
      ),
    written$: (count) =>
      within(
        new Promise((resolve) => {
          if (distinct.size >= count) resolve();
          else waiting.push({ count, resolve });
        }),
        () => `waited for ${count}; ${account()}`,
      ),
    logged$: (pattern, count) =>
      within(
        new Promise((resolve) => {
          const look = () => {
            if (log.filter((line) => pattern.test(line)).length < count) return;
            listeners.delete(look);
            resolve();
          };
          listeners.add(look);
          look();
        }),
        () => `waited for ${pattern}; ${account()}`,
      ),
    change: apply,
    deployment,
    intakeFails: undefined,
    worker: async (name, { graceMs = 5_000 } = {}) => {
      const own = await connectBroker({ servers: [server.url], name });
      const parts = {
        broker: own.broker,
        cluster: own.cluster,
        payloads: new PayloadDepot(new Map(), new PayloadHolders(() => own.broker.bucket(buckets.payloads))),
        openStore: () => {
          throw new Error('these tests have no stores');
        },
        stepTypes,
        loadConnector: async () => connector,
        resolveConfig: (config: Json) => ({ value: config, missing: [], secrets: [] }),
        resolvePath: (file: string) => file,
        log: (_level: string, message: LogText) => say(`${name}: ${logText(message)}`),
        clock: systemClock,
      };
      const worker = new Worker(parts, { name, graceMs });
      await within(worker.start(), () => `worker ${name} did not start; ${account()}`);
      stops.push(async () => {
        await worker.stop();
        await own.broker.close();
      });
      return worker;
    },
  };
  const connector: Connector = {
    id: 'test',
    schema: {},
    capabilities: { singleton: true },
    consumer: (_config, { signal }) =>
      scene.intakeFails === undefined ? source.open(signal) : failing(scene.intakeFails),
    producer: () => {
      const producer = ++producers;
      return {
        write: async (batch) => {
          const outcomes: WriteOutcome[] = [];
          for (const message of batch) {
            const value = message.payload.value() as Written;
            const outcome = await scene.outcome(value, producer);
            if (outcome.kind === 'delivered') {
              written.push(value);
              distinct.add(JSON.stringify(value));
            }
            outcomes.push(outcome);
          }
          for (const { count, resolve } of waiting) if (distinct.size >= count) resolve();
          return outcomes;
        },
        close: () => Promise.resolve(),
      };
    },
  };
  return scene;
}

// biome-ignore lint/correctness/useYield: it fails before there is anything
async function* failing(error: Promise<Error>): AsyncGenerator<Delivery, void> {
  throw await error;
}

/** A test that waits for what never comes must say so instead of waiting on. */
async function within(promise: Promise<void>, what: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`after ${patienceMs / 1000} s: ${what()}`)), patienceMs);
  });
  try {
    await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** A source that one worker at a time reads from; what it has not read when it stops is for the next. */
class SharedSource {
  #left: Delivery[] = [];
  #open: DeliveryQueue<Delivery> | undefined;

  push(delivery: Delivery): void {
    if (this.#open === undefined) this.#left.push(delivery);
    else this.#open.push(delivery);
  }

  open(signal: AbortSignal): DeliveryQueue<Delivery> {
    const queue = new DeliveryQueue<Delivery>();
    for (const delivery of this.#left.splice(0)) queue.push(delivery);
    this.#open = queue;
    signal.addEventListener('abort', () => {
      // Another worker may have opened it since: what comes now is for that one.
      if (this.#open === queue) this.#open = undefined;
      this.#left.push(...queue.takeBack());
      queue.end();
    });
    return queue;
  }
}
