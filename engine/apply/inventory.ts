// Where things stand in the inventory bucket, and what counts as a record of a flow.
import { buckets } from '../compile/topology.ts';
import type { FlowRecord } from '../plan/state.ts';

export const inventoryKey = {
  flow: (name: string) => `flow.${name}`,
  stream: (name: string) => `stream.${name}`,
  suspendedFlow: (name: string) => `suspended.flow.${name}`,
  suspendedSource: (name: string) => `suspended.source.${name}`,
} as const;

/** Narrows an entry of {@link buckets.programs}; what another version or a stray hand put there is none. */
export function isFlowRecord(value: unknown): value is FlowRecord {
  const { flow, retiring } = (value ?? {}) as Partial<FlowRecord>;
  return (
    flow?.formatVersion === 1 &&
    typeof flow.limits === 'object' &&
    Array.isArray(flow.stages) &&
    Array.isArray(retiring)
  );
}
