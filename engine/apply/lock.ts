// One apply at a time per account.
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { ApplyOptions } from './deployment.ts';
import { openOrCreate } from './open-bucket.ts';
import type { ApplyPorts } from './ports.ts';

const lockName = 'apply';
const defaultPatienceMs = 60_000;
/** A killed apply keeps others out for so long. */
const defaultTtlMs = 15_000;

/** Runs with the lock held; the signal aborts when it was lost or the caller gave up. Throws VRS6002 when somebody else keeps it. */
export async function withLock<Result>(
  ports: ApplyPorts,
  { signal, lockPatienceMs = defaultPatienceMs, lockTtlMs = defaultTtlMs }: ApplyOptions,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const given = signal === undefined ? [] : [signal];
  await openOrCreate(buckets.leases, ports);
  const patience = AbortSignal.any([AbortSignal.timeout(lockPatienceMs), ...given]);
  const lease = await acquire(ports, lockTtlMs, patience);
  try {
    return await run(AbortSignal.any([lease.lost, ...given]));
  } finally {
    await lease.release();
  }
}

async function acquire(ports: ApplyPorts, ttlMs: number, signal: AbortSignal) {
  try {
    return await ports.lease(lockName, ttlMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new VrskyError('VRS6002', 'somebody else is applying', {
      retryable: true,
      help: 'Wait until that is done and apply again.',
      cause: error,
    });
  }
}
