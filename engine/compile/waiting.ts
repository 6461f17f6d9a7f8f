// Decides how messages wait in front of a stage: spread over lanes for order, by one worker for a bound, for a time.
import type { FlowGraph, ProducerDefinition, StepDefinition, ThrottleDefinition } from '../flow/graph.ts';
import { stepThrottle } from '../flow/policies.ts';
import { parseDuration } from '../units/duration.ts';
import type { StageReason } from './program.ts';

/** As in a compiled stage; absent fields stay absent. */
export interface Waiting {
  readonly lanes?: number;
  readonly throttle?: ThrottleDefinition;
  readonly delayMs?: number;
}

/** Of the stage that begins at this step or producer. A bound over all workers is kept by one of them: such a stage has one lane. */
export function waitingOf(
  graph: Pick<FlowGraph, 'throttle' | 'ordering'>,
  {
    step,
    producer,
  }: { readonly step?: StepDefinition | undefined; readonly producer?: ProducerDefinition | undefined },
  reason: StageReason | undefined,
): Waiting {
  const throttle = step?.type === 'throttle' ? stepThrottle(step.config) : producer?.throttle;
  const bound =
    throttle !== undefined ||
    step?.type === 'aggregate' ||
    (graph.throttle !== undefined && reason === 'ingress');
  const lanes = bound ? 1 : graph.ordering?.lanes;
  return {
    ...(lanes === undefined ? {} : { lanes }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(step?.type === 'delay' ? { delayMs: parseDuration(String(step.config.for)) as number } : {}),
  };
}
