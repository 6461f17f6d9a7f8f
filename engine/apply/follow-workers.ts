// Waits until workers run what they were handed.
import type { Health } from './deployment.ts';
import type { ApplyPorts } from './ports.ts';

export type Followers = Pick<Health, 'workers' | 'stalled' | 'behind'>;

/** The version of a flow that shall not run at all. */
export const gone = 'gone';

/**
 * Asks until no worker runs another version of these flows, or time is up. A flow that a worker cannot start is not waited for: it
 * runs on in its former version.
 */
export async function followWorkers(
  versions: ReadonlyMap<string, string>,
  { askWorkers }: Pick<ApplyPorts, 'askWorkers'>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Followers> {
  const giveUpAt = performance.now() + patienceMs;
  const names = [...versions.keys()];
  for (;;) {
    const { workers, running, stalled } = await askWorkers(names);
    const behind = [
      ...new Set(
        running
          .filter(({ flow, version }) => versions.has(flow) && versions.get(flow) !== version)
          .map(({ flow }) => flow),
      ),
    ];
    const stuck = new Set(stalled.map(({ flow }) => flow));
    const isOver = behind.every((flow) => stuck.has(flow)) || performance.now() > giveUpAt || signal.aborted;
    if (isOver) return { workers, stalled: stalled.filter(({ flow }) => versions.has(flow)), behind };
  }
}
