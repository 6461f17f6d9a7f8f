// Asks the workers of an account which versions of flows they run.
import type { WorkersReport } from '../apply/ports.ts';
import type { Broker } from './ports.ts';
import { control } from './trace.ts';
import type { WorkerReport } from './worker.ts';

/** Waits so long at most, and no longer than until `isEnough` of the names of those who answered. */
export async function askWorkers(
  broker: Broker,
  flows: readonly string[],
  waitMs: number,
  isEnough: (workers: ReadonlySet<string>) => boolean,
): Promise<WorkersReport> {
  const namesOf = (answers: readonly unknown[]) =>
    new Set((answers as readonly WorkerReport[]).map(({ worker }) => worker));
  const began = performance.now();
  const reports = (await broker.ask(control.stats, { flows }, waitMs, (answers) =>
    isEnough(namesOf(answers)),
  )) as readonly WorkerReport[];
  const answers = reports.map(({ worker, running, stalled, failing }) => ({
    worker,
    running,
    stalled,
    // Workers of another version do not say.
    failing: failing ?? [],
  }));
  // The server says at once when nobody listens.
  return { answers, isHeard: answers.length > 0 || performance.now() - began > waitMs / 2 };
}
