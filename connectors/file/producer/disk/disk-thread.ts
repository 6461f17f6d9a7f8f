// Runs in a thread of its own: takes one job after the other. The calls wait for the disk here, where nobody waits for them.
import { parentPort } from 'node:worker_threads';
import type { Job } from './job.ts';
import { letGo } from './let-go.ts';
import { recover } from './recover.ts';
import { spool } from './spool.ts';
import { writeBatch } from './write-batch.ts';

parentPort?.on('message', (job: Job) => {
  void answer(job).then((value) => parentPort?.postMessage(value));
});

async function answer(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'write':
      return writeBatch(job).finally(() => letGo(job.bytes));
    case 'spool':
      return spool(job);
    case 'recover':
      return recover(job);
  }
}
