// Hands jobs to threads that write to the disk: one message each way for a batch, where calls of their own would wake a thread each.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AnswerOf, Job } from './job.ts';

/** A disk or a mount that does not answer holds one thread; others get theirs, up to so many. */
const maxThreads = 4;
/** There is one more when jobs wait and no thread has answered for so long; each takes 10 MB. */
const patienceMs = 1000;

const program = new URL(`./disk-thread${path.extname(import.meta.filename)}`, import.meta.url);
/** A batch and its buffers; it needs little. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 } as const;

interface Waiting {
  readonly job: Job;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Waiting | undefined;
}

/** The threads of this process, for all its file producers. */
class Disk {
  readonly #threads = new Set<Thread>();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #answers = 0;

  /** Rejects when the thread ended before it answered. Whether the job was done is not known then. */
  run<K extends Job['kind']>(job: Job & { readonly kind: K }): Promise<AnswerOf[K]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve: resolve as (answer: unknown) => void, reject });
      if (this.#threads.size === 0) this.#start();
      this.#next();
    });
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (thread.job !== undefined) continue;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#give(thread, next);
    }
    if (this.#waiting.length > 0 && this.#threads.size < maxThreads) this.#watch();
  }

  #watch(): void {
    const before = this.#answers;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length > 0 && this.#answers === before) this.#start();
      this.#next();
    }, patienceMs);
  }

  #give(thread: Thread, waiting: Waiting): void {
    thread.job = waiting;
    // A job under way keeps the process alive.
    thread.worker.ref();
    const { job } = waiting;
    thread.worker.postMessage(job, job.kind === 'write' ? [job.bytes.buffer as ArrayBuffer] : []);
  }

  #start(): void {
    const worker = new Worker(program, { resourceLimits, name: 'disk' });
    worker.unref();
    const thread: Thread = { worker, job: undefined };
    this.#threads.add(thread);
    worker.on('message', (answer: unknown) => {
      this.#answers++;
      this.#release(thread)?.resolve(answer);
      this.#next();
    });
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', () => this.#lose(thread, new Error('the thread that writes files has ended')));
  }

  #release(thread: Thread): Waiting | undefined {
    const { job } = thread;
    thread.job = undefined;
    thread.worker.unref();
    return job;
  }

  #lose(thread: Thread, error: Error): void {
    if (!this.#threads.delete(thread)) return;
    this.#release(thread)?.reject(error);
    if (this.#waiting.length === 0) return;
    if (this.#threads.size === 0) this.#start();
    this.#next();
  }
}

export const disk = new Disk();
