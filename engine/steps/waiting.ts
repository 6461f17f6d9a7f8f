// Steps that act in front of their stage (delay, throttle, aggregate): where the steps run, the message just passes.
import type { StepType } from './contract.ts';

function passing(type: string): StepType<unknown> {
  return { type, compile: () => (message) => ({ kind: 'pass', message }) };
}

/** The runtime holds the messages back, see `Stage.delayMs`. */
export const delay = passing('delay');
/** The runtime lets them pass, see `Stage.throttle`. */
export const throttle = passing('throttle');
/** The runtime gathers them: what passes here is the complete group. */
export const aggregate = passing('aggregate');
