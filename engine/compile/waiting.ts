// Decides how messages wait in front of a stage: spread over lanes for order, by one worker for a bound, for a time.
import type { FlowGraph, ThrottleDefinition } from '../flow/graph.ts';
import { stepThrottle } from '../flow/policies.ts';
import { parseDuration } from '../units/duration.ts';
import type { Boundaries } from './boundaries.ts';

/** As in a compiled stage; absent fields stay absent. */
export interface Waiting {
  readonly lanes?: number;
  readonly throttle?: ThrottleDefinition;
  readonly delayMs?: number;
}

/** Of the stage that begins at `entry`. A bound over all workers is kept by one of them: such a stage has one lane. */
export function waitingOf(graph: FlowGraph, entry: string, boundaries: Boundaries): Waiting {
  const step = graph.steps.find((candidate) => candidate.name === entry);
  const producer = graph.producers.find((candidate) => candidate.name === entry);
  const throttle = step?.type === 'throttle' ? stepThrottle(step.config) : producer?.throttle;
  const bound =
    throttle !== undefined ||
    step?.type === 'aggregate' ||
    (graph.throttle !== undefined && boundaries.get(entry) === 'ingress');
  const lanes = bound ? 1 : graph.ordering?.lanes;
  return {
    ...(lanes === undefined ? {} : { lanes }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(step?.type === 'delay' ? { delayMs: parseDuration(String(step.config.for)) as number } : {}),
  };
}
