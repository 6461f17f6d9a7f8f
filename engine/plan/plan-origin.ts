// What sources know a flow by: its name, the one it had before a rename, or one of its own where another flow had the name before.
import type { ClusterState, FlowRecord } from './state.ts';

/** Stays for as long as the flow is there, so that former and later versions of it share what is live. */
export function planOrigin(
  flow: string,
  before: FlowRecord | undefined,
  former: string | undefined,
  { records }: Pick<ClusterState, 'records'>,
): string {
  if (before !== undefined) return before.origin ?? flow;
  if (former !== undefined) return records.get(former)?.value?.origin ?? former;
  const taken = new Set([...records].map(([name, { value }]) => value?.origin ?? name));
  for (let number = 1; ; number++) {
    // No name of a flow holds a tilde.
    const origin = number === 1 ? flow : `${flow}~${number}`;
    if (!taken.has(origin)) return origin;
  }
}
