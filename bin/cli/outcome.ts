// What an apply came to, as an error or an exit code.
import type { ApplyOutcome, Health } from '../../engine/apply/deployment.ts';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import type { Refusal } from '../../engine/plan/plan.ts';
import { ExitWith, exitCode } from './exit-code.ts';
import { narrate, paint } from './narrate.ts';

type Applied = Extract<ApplyOutcome, { readonly kind: 'applied' }>;

/** Says every refusal and ends with exit code 5; throws what failed. */
export function throwUnlessApplied(outcome: ApplyOutcome): Applied {
  if (outcome.kind === 'applied') return outcome;
  if (outcome.kind === 'refused') throw refused(outcome.refusals);
  if (outcome.cause instanceof VrskyError) throw outcome.cause;
  throw outcome.cause instanceof Error ? outcome.cause : new Error(outcome.message);
}

export function refused(refusals: readonly Refusal[]): ExitWith {
  for (const { code, message, help } of refusals) {
    narrate(`${paint('red', 'error')} ${code}: ${message}`);
    narrate(`  help: ${help}`);
  }
  return new ExitWith(exitCode.refused);
}

/** What is not as it should be after an apply, if anything. */
export function narrateHealth({ workers, stalled, failing, behind, draining }: Health): void {
  if (workers === 0) narrate('no worker runs yet: `vrsky run` starts one');
  for (const { flow, reason } of stalled)
    narrate(`${paint('red', '✗')} ${flow} cannot start, what ran before runs on: ${reason}`);
  for (const { flow, reason } of failing) narrate(`${paint('red', '✗')} ${flow} cannot run: ${reason}`);
  for (const flow of behind.filter((name) => !stalled.some((other) => other.flow === name)))
    narrate(`${paint('yellow', '!')} a worker still runs another version of ${flow}`);
  for (const { flow, stage, messages } of draining)
    narrate(`${paint('yellow', '!')} ${messages} messages still wait in ${stage}, a former stage of ${flow}`);
}
