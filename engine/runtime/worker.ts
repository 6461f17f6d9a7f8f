// A worker: runs every flow in the programs bucket and follows its changes.
import { buckets } from '../compile/topology.ts';
import { recordVersion } from '../plan/record-version.ts';
import { collectPayloads, deleteFreedPayloads, leavePayloads } from './collect-payloads.ts';
import { type DeployedFlow, isDeployedFlow, originOf } from './deployed-flow.ts';
import { type RunningFlow, startFlow } from './flow-runner.ts';
import type { FlowStatsSnapshot } from './flow-stats.ts';
import { Presence } from './lanes/presence.ts';
import { pause } from './pause.ts';
import type { RuntimeParts } from './runtime-parts.ts';
import { SettledMemory } from './settled-memory.ts';
import { control } from './trace.ts';

/** A flow that this worker was told to run and that does not, with the reason. */
export interface StalledFlow {
  readonly flow: string;
  readonly reason: string;
}

export interface WorkerReport {
  readonly worker: string;
  readonly flows: readonly FlowStatsSnapshot[];
  /** Every version that runs or still stops; see recordVersion. */
  readonly running: readonly { readonly flow: string; readonly version: string }[];
  readonly stalled: readonly StalledFlow[];
  /** Flows that run and of which a consumer or producer cannot. */
  readonly failing: readonly StalledFlow[];
}

export interface WorkerOptions {
  readonly name: string;
  /** How long stages may finish what they hold when a flow changes or the worker stops. */
  readonly graceMs: number;
  /** Runs only these flows; all when absent. */
  readonly only?: ReadonlySet<string>;
}

/** A version that does not come to take in by then cannot. */
const listeningMs = 10_000;

export class Worker {
  readonly #parts: RuntimeParts;
  readonly #options: WorkerOptions;
  readonly #presence: Presence;
  readonly #stopped = new AbortController();
  readonly #settled = new SettledMemory();
  readonly #running = new Map<string, RunningFlow>();
  /** Former versions that finish what they hold. */
  readonly #leaving = new Set<RunningFlow>();
  readonly #stalled = new Map<string, string>();
  /** By origin. Changes of one flow follow one another; those of different flows do not wait for each other. */
  readonly #changes = new Map<string, Promise<void>>();
  /** What sources know the flows of the bucket by. A renamed flow has that of its former name, so their changes follow one another too. */
  readonly #origins = new Map<string, string>();

  #collecting: Promise<unknown> = Promise.resolve();

  constructor(parts: RuntimeParts, options: WorkerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#presence = new Presence(parts.broker, options.name);
  }

  /** Resolves when every flow of the bucket was started (or found stalled). */
  async start(): Promise<void> {
    const { broker } = this.#parts;
    this.#presence.start(this.#stopped.signal);
    broker.listen(
      control.stats,
      (value, reply) => reply?.(this.report(askedFor(value))),
      this.#stopped.signal,
    );
    const programs = await broker.bucket(buckets.programs);
    await programs.watch((flow, value) => this.#change(flow, value), this.#stopped.signal);
    await Promise.all(this.#changes.values());
    const { signal } = this.#stopped;
    this.#collecting = Promise.all([
      collectPayloads(this.#parts, signal),
      deleteFreedPayloads(this.#parts, signal),
    ]);
  }

  /** Stops accepting, drains, leaves. What is not finished in time is redelivered to other workers. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#changes.values());
    await Promise.all([...this.#running.values()].map((flow) => flow.stop(this.#options.graceMs)));
    await this.#collecting;
    // Without a server there is nothing to wait for: what is not acknowledged then comes again.
    const flushed = new AbortController();
    const { broker } = this.#parts;
    const flushing = Promise.all([broker.publisher.flush(), leavePayloads(this.#parts)]).then(() =>
      flushed.abort(),
    );
    await Promise.race([flushing, pause(this.#options.graceMs, flushed.signal)]);
  }

  /** Of these flows; of all when absent. */
  report(only?: ReadonlySet<string>): WorkerReport {
    const isAsked = (flow: string) => only?.has(flow) ?? true;
    const running = [...this.#running.values(), ...this.#leaving];
    return {
      worker: this.#options.name,
      flows: [...this.#running.values()].map((flow) => flow.stats()).filter(({ flow }) => isAsked(flow)),
      running: running
        .map(({ deployed }) => ({ flow: deployed.flow.name, version: recordVersion(deployed) }))
        .filter(({ flow }) => isAsked(flow)),
      stalled: [...this.#stalled]
        .map(([flow, reason]) => ({ flow, reason }))
        .filter(({ flow }) => isAsked(flow)),
      failing: [...this.#running.values()].flatMap(({ deployed, failing: reason }) => {
        const { name: flow } = deployed.flow;
        return reason !== undefined && isAsked(flow) ? [{ flow, reason }] : [];
      }),
    };
  }

  flow(name: string): RunningFlow | undefined {
    return this.#running.get(name);
  }

  #change(flow: string, value: unknown): void {
    if (this.#options.only !== undefined && !this.#options.only.has(flow)) return;
    const desired = isDeployedFlow(value) ? value : undefined;
    const origin = desired === undefined ? (this.#origins.get(flow) ?? flow) : originOf(desired);
    if (desired === undefined) this.#origins.delete(flow);
    else this.#origins.set(flow, origin);
    const before = this.#changes.get(origin) ?? Promise.resolve();
    const change = before.then(() => this.#follow(flow, desired));
    this.#changes.set(origin, change);
    void change.then(() => {
      if (this.#changes.get(origin) === change) this.#changes.delete(origin);
    });
  }

  /** The new version starts before the old one stops; when it cannot start, the old one runs on. */
  async #follow(flow: string, desired: DeployedFlow | undefined): Promise<void> {
    const running = this.#running.get(flow);
    if (running !== undefined && desired !== undefined && isSame(running.deployed, desired)) {
      this.#stalled.delete(flow);
      return;
    }
    const isWanted = desired !== undefined && desired.suspended !== 'all' && !this.#stopped.signal.aborted;
    if (isWanted && !this.#start(flow, desired)) return;
    if (!isWanted) {
      this.#running.delete(flow);
      this.#stalled.delete(flow);
    }
    if (running !== undefined) await this.#replace(running);
  }

  /** What took its place, under this name or another one, takes in before it stops. */
  async #replace(flow: RunningFlow): Promise<void> {
    this.#leaving.add(flow);
    const origin = originOf(flow.deployed);
    const successors = [...this.#running.values()].filter(({ deployed }) => originOf(deployed) === origin);
    await this.#untilListening(successors);
    await flow.stop(this.#options.graceMs);
    this.#leaving.delete(flow);
  }

  async #untilListening(flows: readonly RunningFlow[]): Promise<void> {
    const all = new AbortController();
    const listening = Promise.all(flows.map((flow) => flow.listening)).then(() => all.abort());
    const patience = pause(listeningMs, AbortSignal.any([all.signal, this.#stopped.signal]));
    await Promise.race([listening, patience]);
  }

  #start(flow: string, desired: DeployedFlow): boolean {
    try {
      this.#running.set(
        flow,
        startFlow(desired, {
          ...this.#parts,
          workers: () => this.#presence.workers(),
          settled: this.#settled,
        }),
      );
      this.#stalled.delete(flow);
      this.#parts.log('info', `${flow}: running ${desired.flow.digest}`);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#stalled.set(flow, reason);
      const rest = this.#running.has(flow) ? '; what ran before runs on' : '';
      this.#parts.log('error', `${flow}: cannot start: ${reason}${rest}`);
      return false;
    }
  }
}

function askedFor(value: unknown): ReadonlySet<string> | undefined {
  const flows = (value as { readonly flows?: unknown } | null)?.flows;
  return Array.isArray(flows) ? new Set(flows.map(String)) : undefined;
}

function isSame(a: DeployedFlow, b: DeployedFlow): boolean {
  return recordVersion(a) === recordVersion(b);
}
