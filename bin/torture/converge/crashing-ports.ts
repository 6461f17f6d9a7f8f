// An apply that dies at a chosen server call: before the server got it, or before its answer came.
import type { ApplyBucket, ApplyPorts } from '../../../engine/apply/ports.ts';

export class Crash extends Error {}

export interface CrashPlan {
  /** The call that kills, counted from 1; none when absent. */
  readonly atCall?: number;
  /** Whether the server still did what that call asked for. */
  readonly done: boolean;
}

export interface CountedPorts extends ApplyPorts {
  readonly calls: () => number;
}

/** Every call of the cluster and of buckets counts. From the crash on nothing reaches the server. */
export function crashingPorts(ports: ApplyPorts, { atCall, done }: CrashPlan): CountedPorts {
  let calls = 0;
  const counted = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]) => {
          calls++;
          if (atCall !== undefined && (calls > atCall || (calls === atCall && !done))) throw new Crash();
          const answer: unknown = await Reflect.apply(member, object, args);
          if (calls >= (atCall ?? Number.POSITIVE_INFINITY)) throw new Crash();
          return answer;
        };
      },
    });
  return {
    calls: () => calls,
    cluster: counted(ports.cluster),
    openBucket: async (name): Promise<ApplyBucket> => counted(await ports.openBucket(name)),
    // A lease that nobody renews runs out; the property does not need to wait for that.
    lease: ports.lease,
    askWorkers: ports.askWorkers,
  };
}
