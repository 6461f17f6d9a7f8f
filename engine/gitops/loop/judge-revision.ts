// What becomes of a revision that workers run, or cannot run: remembered as healthy, held, or given up for the last healthy one.
import type { Health } from '../../apply/deployment.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { Revision } from '../sources/origin.ts';
import { quarantined, withQuarantined } from './notes.ts';
import type { Pass } from './pass.ts';
import type { PassContext } from './reconcile-pass.ts';

export async function judgeRevision(
  revision: Revision,
  found: Health | 'superseded',
  context: PassContext,
): Promise<void> {
  const { progress, settings, parts } = context;
  progress.enter('health');
  if (found === 'superseded') return progress.found({ health: found });
  const health = healthOf(found);
  progress.found({ health });
  if (health === 'no-workers') return;
  if (health === 'healthy') {
    progress.remember({ healthy: revision.id });
    return;
  }
  const reason = health.unhealthy;
  // What ran already fails for a reason of its own: the revision is not to blame, and the one before would not help.
  if (progress.notes.healthy === revision.id) progress.end('retry', 'VRS7023', reason);
  if (settings.onFailure === 'rollback') {
    const at = new Date(parts.now()).toISOString();
    const one = { id: revision.id, label: revision.label, reason, at };
    progress.notes = withQuarantined(progress.notes, one);
    await rollBack(context);
    const help = 'Push a commit that mends it; this revision is not tried again.';
    progress.end('terminal', 'VRS7023', reason, help);
  }
  const help = 'Push a commit that mends it, or give the workers what they lack.';
  progress.end('terminal', 'VRS7023', reason, help);
}

/** Throws VRS7021 for a revision that was given up. */
export async function refuseQuarantined(revision: Revision, context: PassContext): Promise<void> {
  const { progress, settings } = context;
  const found = quarantined(progress.notes, revision.id);
  if (found === undefined) return;
  progress.enter('health');
  // The way back may have failed when it was given up.
  if (progress.notes.revision === found.label) await rollBack(context);
  throw new VrskyError('VRS7021', `${found.label} is not tried again: ${found.reason}`, {
    help: `Push a commit that mends it; or \`vrsky suspend source/${settings.name}\` and \`vrsky resume source/${settings.name}\`.`,
  });
}

/** Without a healthy revision to go back to, the failed one stays. */
async function rollBack({ progress, settings, parts, signal }: PassContext): Promise<void> {
  const { deployment } = parts;
  const { name, healthPatienceMs, minReadyMs } = settings;
  const plan = await deployment.planRollback(name).catch((error: unknown) => {
    if ((error as { readonly code?: string }).code === 'VRS6009') return undefined;
    throw error;
  });
  if (plan === undefined) return;
  const { revision } = plan.desired;
  const message = `rolled back to ${revision}`;
  const outcome = await deployment.apply(plan, {
    signal,
    healthPatienceMs,
    minReadyMs,
    by: 'reconcile',
    message,
  });
  if (outcome.kind !== 'applied') return;
  progress.remember({ revision });
  progress.found({ rolledBackTo: revision });
}

function healthOf({
  workers,
  stalled,
  failing,
  behind,
}: Health): Exclude<NonNullable<Pass['health']>, 'superseded'> {
  const reasons = [
    ...stalled.map(({ flow, reason }) => `${flow} cannot start: ${reason}`),
    ...failing.map(({ flow, reason }) => `${flow} cannot run: ${reason}`),
    ...behind.map((flow) => `${flow} still runs in another version`),
  ];
  if (reasons.length > 0) return { unhealthy: reasons.join('; ') };
  return workers === 0 ? 'no-workers' : 'healthy';
}
