// vrsky run --workers N: a parent that keeps N worker processes running; they share HTTP ports through it.
import cluster, { type Worker } from 'node:cluster';
import { narrate } from './narrate.ts';

export interface PoolOptions {
  readonly workers: number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Resolves with the exit code when the pool is asked to stop. */
  readonly stopped: Promise<number>;
}

/** What the parent tells a worker. Signals would not do: a terminal sends them to the whole group. */
type Order = { readonly stop: number };

const restart = { initialMs: 200, maxMs: 10_000, steadyMs: 30_000 };

/** Runs until asked to stop; then every worker drains. Resolves with the exit code. SIGHUP replaces the workers one by one. */
export async function runPool(options: PoolOptions): Promise<number> {
  const pool = new WorkerPool(options);
  process.on('SIGHUP', () => pool.roll());
  pool.start();
  const code = await options.stopped;
  await pool.stop(code);
  return code;
}

/** In a worker of a pool: resolves when the parent asks it to stop, or is gone. */
export function untilPoolStops(): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  return new Promise((resolve) => {
    process.on('message', (order: Order) => {
      if (typeof order?.stop === 'number') resolve(order.stop);
    });
    process.on('disconnect', () => resolve(143));
  });
}

/** Tells the parent that this worker runs. */
export function reportRunning(): void {
  process.send?.({ running: true });
}

class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Worker>();
  #rolling: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  start(): void {
    for (let n = 0; n < this.#options.workers; n++) this.#fork(0);
  }

  async stop(code: number): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#members].map((worker) => dismissed(worker, code)));
  }

  /** A new worker first, then the old one drains: work goes on all the time. */
  roll(): void {
    this.#rolling = this.#rolling.then(() => this.#replaceAll());
  }

  async #replaceAll(): Promise<void> {
    const former = [...this.#members];
    this.#options.log('info', `replacing ${former.length} workers, one by one`);
    for (const worker of former) {
      if (this.#stopping) return;
      await running(this.#fork(0));
      this.#members.delete(worker);
      await dismissed(worker, 0);
    }
    this.#options.log('info', 'every worker was replaced');
  }

  #fork(failures: number): Worker {
    const startedAt = Date.now();
    const worker = cluster.fork();
    this.#members.add(worker);
    worker.once('exit', (code, signal) => {
      const wasMember = this.#members.delete(worker);
      if (!wasMember || this.#stopping) return;
      const steady = Date.now() - startedAt > restart.steadyMs;
      const delayMs = Math.min(restart.maxMs, restart.initialMs * 2 ** (steady ? 0 : failures));
      const how = signal === null ? `with ${code}` : `by ${signal}`;
      this.#options.log('error', `worker ${worker.process.pid} ended ${how}; another one in ${delayMs} ms`);
      setTimeout(() => this.#stopping || this.#fork(steady ? 0 : failures + 1), delayMs).unref();
    });
    return worker;
  }
}

/** Resolves when it runs, or has ended. */
function running(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.on('message', (message: { readonly running?: unknown }) => {
      if (message.running === true) resolve();
    });
  });
}

function dismissed(worker: Worker, code: number): Promise<void> {
  if (worker.isDead()) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.send({ stop: code } satisfies Order, (error) => {
      if (error) narrate(`worker ${worker.process.pid} does not listen: ${error.message}`);
    });
  });
}
