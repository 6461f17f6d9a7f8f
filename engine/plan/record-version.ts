// Tells versions of what workers run apart, so that it can be asked whether they follow.
import { digestOf } from '../compile/canonical-json.ts';
import type { FlowRecord } from './state.ts';

/** Of a flow's record: the same as long as a worker has nothing to do. */
export function recordVersion({ flow, retiring, suspended }: FlowRecord): string {
  const former = retiring.map(({ stream, stage }) => `${stream}/${stage.durable}/${stage.lanes ?? ''}`);
  return digestOf([flow.digest, former, suspended ?? '']);
}
