// Keeps one consumer of a flow running: lease, cursor, restart after failures, end when its source is exhausted.

import type { ConsumerNode } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import type { Connector, ConnectorContext, JsonObject, JsonValue } from '../connector/contract.ts';
import { PermanentError } from '../connector/errors.ts';
import type { Clock } from './clock.ts';
import type { FlowFailures } from './flow-failures.ts';
import type { FlowPayloads } from './flow-payloads.ts';
import type { FlowStats } from './flow-stats.ts';
import { Ingest } from './ingest.ts';
import type { KeyOf } from './lanes/order-key.ts';
import { pause } from './pause.ts';
import type { Broker, Bucket } from './ports.ts';

export interface ConsumerRunnerParts {
  readonly flow: string;
  /** What its sources know the flow by. */
  readonly origin: string;
  readonly node: ConsumerNode;
  readonly orderKeyOf?: KeyOf;
  readonly connector: Connector;
  readonly config: JsonObject;
  readonly context: ConnectorContext;
  readonly clock: Clock;
  readonly broker: Broker;
  readonly payloads: FlowPayloads;
  readonly stats: FlowStats;
  readonly failures: FlowFailures;
  /** Called, more than once perhaps, when the version before it need not wait any longer: it takes in, or cannot. */
  readonly listening: () => void;
}

const leaseTtlMs = 10_000;
const cursorRetryMs = 1_000;
const restart = { initialMs: 1000, maxMs: 60_000 };
/** Nothing says that a quiet source works but that it has not failed for a while. */
const steadyMs = 5_000;

/** Resolves when the source is exhausted or the context's signal aborts; never rejects. */
export async function runConsumer(parts: ConsumerRunnerParts): Promise<void> {
  const { context, failures: known, node } = parts;
  for (let failures = 0; !context.signal.aborted; ) {
    const failed = new AbortController();
    try {
      if (known.has(node.name)) forgetWhenSteady(parts, AbortSignal.any([context.signal, failed.signal]));
      await runOnce(parts);
      return;
    } catch (error) {
      failed.abort();
      parts.listening();
      if (context.signal.aborted) return;
      known.failed(node.name, error);
      const lost = error instanceof LeaseLost;
      failures = lost ? 0 : failures + 1;
      const delayMs = lost ? 0 : Math.min(restart.maxMs, restart.initialMs * 2 ** (failures - 1));
      const kind = error instanceof PermanentError ? 'cannot run' : 'failed';
      const message = error instanceof Error ? error.message : String(error);
      context.log(
        lost ? 'info' : 'error',
        `consumer ${kind}: ${message}; starting again in ${delayMs / 1000} s`,
      );
      await pause(delayMs, context.signal);
    }
  }
}

function forgetWhenSteady({ clock, failures, node }: ConsumerRunnerParts, failed: AbortSignal): void {
  void clock.wait(steadyMs, failed).then(() => {
    if (!failed.aborted) failures.works(node.name);
  });
}

class LeaseLost extends Error {}

async function runOnce(parts: ConsumerRunnerParts): Promise<void> {
  const { connector, config, context, broker, flow, node } = parts;
  const isSingleton = connector.capabilities.singleton === true;
  // Nothing is lost meanwhile; and of what only one runs, the version before must stop before this one can begin.
  if (isSingleton || !isLiveConsumer(connector, config)) parts.listening();
  if (!isSingleton) return consume(parts, context.signal, () => true);
  const lease = await broker.lease(`consumer.${flow}.${node.name}`, leaseTtlMs, context.signal);
  try {
    const signal = AbortSignal.any([context.signal, lease.lost]);
    await consume(parts, signal, () => !lease.lost.aborted);
    if (lease.lost.aborted && !context.signal.aborted) throw new LeaseLost('another worker took over');
  } finally {
    await lease.release();
  }
}

/** `isOurs`: false once another worker may run the consumer; then nothing is stored or kept any more. */
async function consume(
  parts: ConsumerRunnerParts,
  signal: AbortSignal,
  isOurs: () => boolean,
): Promise<void> {
  const { connector, context, config, broker, flow, node, payloads, stats } = parts;
  if (connector.consumer === undefined) throw new PermanentError(`${connector.id} has no consumer`);
  const state = await broker.bucket(buckets.state);
  const key = `cursor.${flow}.${node.name}`;
  const cursor = (await state.get(key))?.value as JsonValue | undefined;
  const failed = new AbortController();
  const keeper = new CursorKeeper(state, key, context, isOurs, AbortSignal.any([signal, failed.signal]));
  const isLive = isLiveConsumer(connector, config);
  const ingest = new Ingest({
    flow,
    consumer: node,
    ...(parts.orderKeyOf === undefined ? {} : { orderKeyOf: parts.orderKeyOf }),
    publisher: broker.publisher,
    payloads,
    clock: parts.clock,
    stats,
    signal,
    isLive,
    isOurs,
    saveCursor: (value) => keeper.save(value),
    log: (level, message) => context.log(level, message),
  });
  const keep = async (value: JsonValue) => {
    await state.put(key, value);
  };
  const { origin, listening } = parts;
  try {
    await ingest.run(connector.consumer(config, { ...context, signal, origin, listening, cursor, keep }));
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    await keeper.settled();
  }
}

export function isLiveConsumer(connector: Connector, config: JsonObject): boolean {
  return connector.isLive?.(config) ?? false;
}

/**
 * Writes the newest cursor; while one write is under way later ones replace each other. A write that fails is tried again until the consumer
 * ends: of a quiet source no other would come for long.
 */
class CursorKeeper {
  readonly #state: Bucket;
  readonly #key: string;
  readonly #context: ConnectorContext;
  readonly #isOurs: () => boolean;
  readonly #signal: AbortSignal;
  #next: { readonly value: JsonValue } | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    state: Bucket,
    key: string,
    context: ConnectorContext,
    isOurs: () => boolean,
    signal: AbortSignal,
  ) {
    this.#state = state;
    this.#key = key;
    this.#context = context;
    this.#isOurs = isOurs;
    this.#signal = signal;
  }

  save(value: JsonValue): void {
    this.#next = { value };
    this.#writing ??= this.#write();
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#next !== undefined) {
      const { value } = this.#next;
      this.#next = undefined;
      // Whoever took over has come further.
      if (!this.#isOurs()) continue;
      try {
        await this.#state.put(this.#key, value);
      } catch (error) {
        // An older cursor means that messages are offered again, never that some are left out.
        this.#context.log('warn', `cursor not saved: ${String(error)}`);
        if (this.#signal.aborted) continue;
        await pause(cursorRetryMs, this.#signal);
        this.#next ??= { value };
      }
    }
    this.#writing = undefined;
  }
}
