// Asks the workers of an account which versions of flows they run.
import type { WorkersReport } from '../apply/ports.ts';
import type { Broker } from './ports.ts';
import { control } from './trace.ts';
import type { WorkerReport } from './worker.ts';

const askMs = 250;

/** Who does not answer in time counts as not there. */
export async function askWorkers(broker: Broker, flows: readonly string[]): Promise<WorkersReport> {
  const reports = (await broker.ask(control.stats, { flows }, askMs)) as readonly WorkerReport[];
  return {
    workers: reports.length,
    running: reports.flatMap(({ running }) => running),
    stalled: reports.flatMap(({ stalled }) => stalled),
  };
}
