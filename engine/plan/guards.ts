// Guards against plans that delete far more than anybody meant.
import type { Desired, PlanOptions, Refusal } from './plan.ts';
import type { FlowDeletion } from './work.ts';

/** Up to so many deletions need no permission. */
const alwaysAllowed = 3;

/** `owned`: flows that the owner has now. */
export function massDelete(
  deletions: readonly FlowDeletion[],
  owned: number,
  { owner, flows }: Desired,
  { allowMassDelete, destroy }: PlanOptions,
): readonly Refusal[] {
  const unnamed = deletions.filter(({ flow }) => !destroy.includes(flow)).length;
  if (allowMassDelete || unnamed === 0) return [];
  const help = 'If that is meant: --allow-mass-delete';
  if (flows.length === 0) {
    const message = `${owner} asks for no flow at all, which would delete all ${owned} it has`;
    return [{ code: 'VRS6007', message, help }];
  }
  if (unnamed <= alwaysAllowed || unnamed <= owned / 2) return [];
  const message = `this would delete ${unnamed} of the ${owned} flows of ${owner}`;
  return [{ code: 'VRS6007', message, help }];
}
