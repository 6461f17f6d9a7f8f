// Carries a plan out: lock, plan again, refuse what is stale or unsafe, waves, wait for health, write the history; then watches what runs.
import type { CompiledFlow } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { subjectsOf } from '../plan/former-stages.ts';
import type { Plan, Refusal } from '../plan/plan.ts';
import { planProgram } from '../plan/plan-program.ts';
import type { ClusterState, FlowRecord } from '../plan/state.ts';
import type { Work } from '../plan/work.ts';
import { applyFlows, claimFlows } from './apply-flows.ts';
import { ApplySession, versionsOf } from './apply-session.ts';
import {
  applyBuckets,
  applyConsumers,
  applyStreams,
  deleteStreams,
  narrowStreams,
  restore,
  settleStreams,
} from './apply-topology.ts';
import { deleteConsumers, deleteFlows } from './delete-flows.ts';
import type { ApplyOptions, ApplyOutcome, Health } from './deployment.ts';
import { gone } from './follow-workers.ts';
import { isFlowRecord } from './inventory.ts';
import { withLock } from './lock.ts';
import type { ApplyPorts } from './ports.ts';
import { readState, withWaiting } from './read-state.ts';
import { retireStages } from './retire-stages.ts';
import { judgeRevision, recordRevision } from './revisions.ts';

/** Killed anywhere and run again it goes on; run once more it does nothing. */
export async function applyPlan(plan: Plan, ports: ApplyPorts, options: ApplyOptions): Promise<ApplyOutcome> {
  if (plan.refusals.length > 0) return { kind: 'refused', refusals: plan.refusals };
  let session: ApplySession | undefined;
  try {
    const ended = await withLock(ports, options, async (signal): Promise<ApplyOutcome | CarriedOut> => {
      const state = await withWaiting(await readState(ports), plan, ports);
      const now = planProgram(plan.desired, state, plan.options);
      const refusals = [...now.plan.refusals, ...staleness(plan, now.plan)];
      if (refusals.length > 0) return { kind: 'refused', refusals };
      session = new ApplySession({ ports, options, desired: plan.desired, signal });
      return await carryOut({ plan, work: now.work, state, session, options });
    });
    // Others may apply meanwhile: watching changes nothing.
    return ended.kind === 'carried-out' ? await watch(ended) : ended;
  } catch (error) {
    return failure(error, session?.changes ?? []);
  }
}

function staleness(saved: Plan, now: Plan): readonly Refusal[] {
  if (saved.base.fingerprint === now.base.fingerprint) return [];
  const message = `the plan is stale: the server was changed since, and the plan would now come to ${now.changes.length} changes, not to these ${saved.changes.length}`;
  return [{ code: 'VRS6006', message, help: 'Plan again, look at it, and apply that plan.' }];
}

interface Undertaking {
  readonly plan: Plan;
  readonly work: Work;
  readonly state: ClusterState;
  readonly session: ApplySession;
  readonly options: ApplyOptions;
}

/** Everything is done; what runs has yet to prove itself. */
interface CarriedOut {
  readonly kind: 'carried-out';
  readonly undertaking: Undertaking;
  readonly running: Running;
  /** The number of the owner's revision, when it was written down. */
  readonly number: number | undefined;
}

async function carryOut(undertaking: Undertaking): Promise<ApplyOutcome | CarriedOut> {
  const { plan, work, state, session, options } = undertaking;
  await applyBuckets(work.buckets, session);
  const claims = await claimFlows(work.flows, session);
  await applyStreams(work.streams, session);
  await restore(work.restoredStreams, work.restoredConsumers, session);
  const created = await applyConsumers(work.consumers, session);
  await applyFlows(work.flows, claims, created, session);
  const running = await awaitHealth(undertaking);
  await deleteFlows(work.deletedFlows, session);
  await deleteConsumers(work.deletedConsumers, session);
  if (session.refusals.length === 0) {
    await settleStreams(work.streams, session);
    await deleteStreams(work.deletedStreams, session);
    if (running.isRidOfNames) await forgetNames(undertaking);
  }
  const { health } = running;
  const isRunning = health.workers > 0 && health.stalled.length === 0;
  const isProving = session.minReadyMs > 0 && work.flows.length > 0 && isRunning;
  const number =
    state.records.size + plan.desired.flows.length > 0
      ? await recordRevision({ flows: ownedFlows(undertaking), health, isProving }, session, options)
      : undefined;
  if (session.refusals.length > 0) return { kind: 'refused', refusals: session.refusals };
  if (isProving) return { kind: 'carried-out', undertaking, running, number };
  return { kind: 'applied', changes: session.changes, health };
}

/** The last stage of a former name is gone: its subjects are taken off the streams now, and not by the next apply. */
async function forgetNames({ plan, session }: Undertaking): Promise<void> {
  const { ports } = session;
  const state = await withWaiting(await readState(ports), plan, ports);
  const { work } = planProgram(plan.desired, state, plan.options);
  await narrowStreams(
    work.streams.filter(({ isNew }) => !isNew),
    session,
  );
}

async function watch({ undertaking, running, number }: CarriedOut): Promise<ApplyOutcome> {
  const { session, options } = undertaking;
  const { superseded } = options;
  session.waiting('what runs now to prove itself');
  await session.workers.until(running.sinceMs + session.minReadyMs, superseded);
  if (superseded?.aborted === true)
    return { kind: 'applied', changes: session.changes, health: running.health, superseded: true };
  const health = await observe(running.health, undertaking);
  if (number !== undefined) await judgeRevision(number, health, session);
  return { kind: 'applied', changes: session.changes, health };
}

interface Running {
  readonly health: Health;
  /** When it was so, by the clock that nobody sets. */
  readonly sinceMs: number;
  /** Stages that flows had under a former name were among those that went. */
  readonly isRidOfNames: boolean;
}

async function awaitHealth({ plan, work, state, session }: Undertaking): Promise<Running> {
  const changed = work.flows.map(({ record }) => record);
  const names = new Set(changed.map(({ flow }) => flow.name));
  // Flows that stay as they are and still have former stages: those may be through by now.
  const others = plan.desired.flows
    .flatMap(({ name }) => (names.has(name) ? [] : (state.records.get(name)?.value ?? [])))
    .filter(({ retiring }: FlowRecord) => retiring.length > 0);
  if (changed.length > 0) session.waiting('workers to run it');
  const formerly = new Map(
    work.flows.flatMap(({ record, former }) =>
      former === undefined ? [] : [[former.flow, record.flow.name]],
    ),
  );
  // Under its former name a flow may take in for a moment yet, and fill former stages.
  const followers = await session.followVersions(
    new Map([
      ...versionsOf([...changed, ...others]),
      ...[...formerly.keys()].map((name) => [name, gone] as const),
    ]),
  );
  const sinceMs = performance.now();
  const behind = new Set(followers.behind.map((name) => formerly.get(name) ?? name));
  const settled = [...changed, ...others].filter(({ flow }) => !behind.has(flow.name));
  const draining = await retireStages(settled, work.retirements, session);
  const waiting = new Set(draining.map(({ flow }) => flow));
  const isRidOfNames = settled.some((record) => hasFormerName(record) && !waiting.has(record.flow.name));
  return { health: { ...followers, behind: [...behind], draining }, sinceMs, isRidOfNames };
}

function hasFormerName(record: FlowRecord): boolean {
  return new Set(subjectsOf(record).map(({ subject }) => subject)).size > 1;
}

/** The rest of the plan went on meanwhile. A flow that somebody changed again is nothing to judge this version by. */
async function observe(health: Health, { work, session }: Undertaking): Promise<Health> {
  const versions = await versionsNow(work, session);
  if (versions.size === 0) return health;
  const found = await session.lookAgain(versions);
  const later = await versionsNow(work, session);
  const isSame = (flow: string) => later.get(flow) === versions.get(flow);
  return {
    ...health,
    ...found,
    stalled: found.stalled.filter(({ flow }) => isSame(flow)),
    failing: found.failing.filter(({ flow }) => isSame(flow)),
    behind: found.behind.filter(isSame),
  };
}

/** Of the flows that were handed out, without those that were changed since; former stages may have gone. */
async function versionsNow({ flows }: Work, session: ApplySession): Promise<ReadonlyMap<string, string>> {
  const programs = await session.bucket(buckets.programs);
  const records = await Promise.all(
    flows.map(async ({ record: { flow } }) => {
      const now = (await programs.get(flow.name))?.value;
      return isFlowRecord(now) && now.flow.digest === flow.digest ? [now] : [];
    }),
  );
  return versionsOf(records.flat());
}

/** Everything that the owner has now, also what this plan did not speak of. */
function ownedFlows({ plan, state, work }: Undertaking): readonly CompiledFlow[] {
  const { flows, owner, renames } = plan.desired;
  const gone = new Set([
    ...flows.map(({ name }) => name),
    ...Object.values(renames),
    ...work.deletedFlows.map(({ flow }) => flow),
  ]);
  const others = [...state.records].filter(
    ([name]) => !gone.has(name) && state.inventory.flows.get(name)?.value.owner === owner,
  );
  return [...flows, ...others.flatMap(([, { value }]) => value?.flow ?? [])];
}

function failure(error: unknown, changes: ApplySession['changes']): ApplyOutcome {
  const known = error instanceof VrskyError ? error : undefined;
  return {
    kind: 'failed',
    code: known?.code ?? 'VRS9001',
    message: error instanceof Error ? error.message : String(error),
    retryable: known?.retryable ?? false,
    changes,
    cause: error,
  };
}
