// Waits until workers run what they were handed. A busy worker answers late: one that was heard of counts until it is silent for long.
import type { Health } from './deployment.ts';
import type { ApplyPorts, WorkerAnswer } from './ports.ts';

export type Followers = Pick<Health, 'workers' | 'stalled' | 'failing' | 'behind'>;

/** The version of a flow that shall not run at all. */
export const gone = 'gone';

/** How long to look for workers before anything is changed, and for one at least where somebody listens. */
const discoverMs = { quiet: 1_000, first: 10_000 };
const answerMs = 5_000;
/** A worker that does not answer for so long is dead: its messages are handed out again long before. */
const deadMs = 20_000;
const askAgainMs = 100;

export class WorkerWatch {
  readonly #ports: Pick<ApplyPorts, 'askWorkers'>;
  readonly #signal: AbortSignal;
  readonly #heardAtMs = new Map<string, number>();
  readonly #discovered: Promise<void>;

  /** Begins to look for workers at once. */
  constructor(ports: Pick<ApplyPorts, 'askWorkers'>, signal: AbortSignal) {
    this.#ports = ports;
    this.#signal = signal;
    this.#discovered = this.#discover();
    // Whoever waits for it hears of a failure.
    this.#discovered.catch(() => undefined);
  }

  /** Workers that are alive as far as is known. */
  async count(): Promise<number> {
    await this.#discovered;
    return this.#heardAtMs.size;
  }

  /**
   * Asks until no worker runs another version of these flows, or time is up. A flow that a worker cannot start is not waited for: it
   * runs on in its former version.
   */
  async follow(versions: ReadonlyMap<string, string>, patienceMs: number): Promise<Followers> {
    await this.#discovered;
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const { answers, silent } = await this.#ask([...versions.keys()]);
      const stalled = answers.flatMap((answer) => answer.stalled).filter(({ flow }) => versions.has(flow));
      const running = answers.flatMap((answer) => answer.running);
      const behind = new Set(
        running
          .filter(({ flow, version }) => versions.has(flow) && versions.get(flow) !== version)
          .map(({ flow }) => flow),
      );
      // What a silent worker runs is not known.
      if (silent > 0) for (const flow of versions.keys()) behind.add(flow);
      const stuck = new Set(stalled.map(({ flow }) => flow));
      const isDone = silent === 0 && [...behind].every((flow) => stuck.has(flow));
      if (isDone || versions.size === 0 || performance.now() > giveUpAt || this.#signal.aborted)
        return {
          workers: this.#heardAtMs.size,
          stalled,
          failing: answers.flatMap((answer) => answer.failing).filter(({ flow }) => versions.has(flow)),
          behind: [...behind],
        };
      await this.pause();
    }
  }

  /** Waits, unless something ends it: what fails a moment after it was started is found out then. */
  async until(atMs: number, end?: AbortSignal): Promise<void> {
    while (performance.now() < atMs && !this.#signal.aborted && end?.aborted !== true) await this.pause();
  }

  /** Between two looks at something. */
  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }

  async #discover(): Promise<void> {
    const began = performance.now();
    for (;;) {
      const { answers, isHeard } = await this.#ports.askWorkers([], discoverMs.quiet, () => false);
      this.#hear(answers);
      const isLate = performance.now() - began > discoverMs.first;
      if (answers.length > 0 || !isHeard || isLate || this.#signal.aborted) return;
    }
  }

  async #ask(flows: readonly string[]): Promise<{
    readonly answers: readonly WorkerAnswer[];
    readonly silent: number;
  }> {
    const known = new Set(this.#heardAtMs.keys());
    const isEnough = (names: ReadonlySet<string>) => [...known].every((name) => names.has(name));
    const { answers } =
      known.size === 0 ? { answers: [] } : await this.#ports.askWorkers(flows, answerMs, isEnough);
    this.#hear(answers);
    const names = new Set(answers.map(({ worker }) => worker));
    const now = performance.now();
    for (const [name, atMs] of this.#heardAtMs) if (now - atMs > deadMs) this.#heardAtMs.delete(name);
    return { answers, silent: [...this.#heardAtMs.keys()].filter((name) => !names.has(name)).length };
  }

  #hear(answers: readonly WorkerAnswer[]): void {
    const now = performance.now();
    for (const { worker } of answers) this.#heardAtMs.set(worker, now);
  }
}
