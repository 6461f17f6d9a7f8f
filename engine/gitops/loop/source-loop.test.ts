// The loop under a clock that a test moves: when it looks, how it waits, what it writes and tells. Ports are faked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplyOptions, Deployment } from '../../apply/deployment.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { FakeClock } from '../../runtime/fake-clock.ts';
import type { Origin } from '../sources/origin.ts';
import { type LoopSettings, SourceLoop } from './source-loop.ts';

const settings: LoopSettings = {
  name: 'flows',
  tenant: 'default',
  intervalMs: 60_000,
  prune: true,
  onFailure: 'hold',
  healthPatienceMs: 1000,
  minReadyMs: 0,
  drift: { action: 'correct', ignore: [] },
  allow: { allowDataLoss: [], takeOver: [], allowMassDelete: false },
};

const minute = 60_000;
const hour = 60 * minute;

/** A cluster that wants no change, and a source that fails as it is told. */
function setUp() {
  const clock = new FakeClock();
  const state = {
    failure: undefined as Error | undefined,
    revision: 'a',
    /** What every revision changes. */
    changes: [] as unknown[],
    /** Applied, and watched until a test ends it or something newer does. */
    watching: undefined as PromiseWithResolvers<void> | undefined,
    away: false,
    fetched: [] as number[],
    writes: 0,
    told: [] as string[],
  };
  const startMs = clock.now();
  const notes = new Map<string, { readonly value: unknown; readonly revision: number }>();
  const origin: Origin = {
    fetch: async () => {
      state.fetched.push((clock.now() - startMs) / 1000);
      if (state.failure !== undefined) throw state.failure;
      return { id: state.revision.repeat(40), label: `main@${state.revision}` };
    },
    verify: async () => undefined,
    read: async () => ({ sources: [], diagnostics: [], readFile: () => new Uint8Array() }),
  };
  const desired = { owner: 'flows', revision: 'main@aaaa', flows: [], places: {}, renames: {} };
  const plan = () => ({ changes: state.changes, drift: [], refusals: [], desired });
  const deployment = {
    plan: async () => ({ value: plan(), diagnostics: [] }),
    apply: async (_plan: unknown, { superseded }: ApplyOptions) => {
      superseded?.addEventListener('abort', () => state.watching?.resolve());
      await state.watching?.promise;
      return {
        kind: 'applied',
        changes: state.changes,
        health: { workers: 1, stalled: [], failing: [], behind: [], draining: [] },
        ...(superseded?.aborted === true ? { superseded: true } : {}),
      };
    },
    suspended: async () => undefined,
    notes: {
      get: async (owner: string) => {
        if (state.away) throw new VrskyError('VRS8107', 'the cluster is away', { retryable: true });
        return notes.get(owner);
      },
      put: async (owner: string, value: unknown, revision = 0) => {
        if ((notes.get(owner)?.revision ?? 0) !== revision) return false;
        state.writes += 1;
        notes.set(owner, { value, revision: revision + 1 });
        return true;
      },
    },
  } as unknown as Deployment;
  const lost = new AbortController();
  const loop = new SourceLoop(settings, {
    origin,
    deployment,
    askWorkers: async () => ({
      answers: [{ worker: 'one', running: [], stalled: [], failing: [] }],
      isHeard: true,
    }),
    clock,
    random: () => 0.5,
    lease: async () => ({ lost: lost.signal, release: async () => undefined }),
    onEvent: (event) =>
      state.told.push(
        event.kind === 'transition'
          ? `${event.transition.type}=${event.transition.condition.status} ${event.transition.condition.reason}`
          : event.kind,
      ),
  });
  const stop = new AbortController();
  const running = loop.run(stop.signal);
  const end = async () => {
    stop.abort();
    await clock.advance(0);
    await running;
  };
  return { clock, state, loop, end };
}

test('all is well: it looks after every interval, writes once and tells once', async () => {
  const { clock, state, end } = setUp();
  await clock.advance(5 * minute);
  assert.deepEqual(state.fetched, [0, 60, 120, 180, 240, 300]);
  assert.deepEqual(state.told, ['Ready=True Succeeded', 'Applied=True Applied']);
  // The second pass no longer has to ask what was left to drain.
  assert.ok(state.writes <= 2, `${state.writes} writes`);
  await end();
});

test('what may pass: later and later, told once, and the interval again when it has passed', async () => {
  const { clock, state, end } = setUp();
  state.failure = new VrskyError('VRS7004', 'away', { retryable: true });
  await clock.advance(6 * minute);
  assert.deepEqual(state.fetched, [0, 5, 15, 35, 75, 155, 315]);
  assert.deepEqual(state.told, [
    'Ready=False FetchFailed',
    'Reconciling=True Retrying',
    'Applied=False FetchFailed',
  ]);
  state.failure = undefined;
  await clock.advance(5 * minute);
  const back = state.fetched.at(-1) ?? 0;
  await clock.advance(minute);
  assert.equal(state.fetched.at(-1), back + 60);
  assert.ok(state.told.includes('Ready=True Succeeded'));
  await end();
});

test('what needs a commit: the interval, no faster and no slower, and nothing new to tell', async () => {
  const { clock, state, end } = setUp();
  state.failure = new VrskyError('VRS7006', 'rewritten');
  await clock.advance(3 * minute);
  assert.deepEqual(state.fetched, [0, 60, 120, 180]);
  assert.deepEqual(state.told, [
    'Ready=False FetchFailed',
    'Stalled=True FetchFailed',
    'Applied=False FetchFailed',
  ]);
  assert.equal(state.writes, 1);
  await end();
});

test('a nudge is heard at once, also during a pause that has grown long', async () => {
  const { clock, state, loop, end } = setUp();
  state.failure = new VrskyError('VRS7004', 'away', { retryable: true });
  await clock.advance(hour);
  const before = state.fetched.length;
  loop.nudge();
  await clock.advance(0);
  assert.equal(state.fetched.length, before + 1);
  await end();
});

test('a revision that proves itself is left for a newer one, and not for a nudge that brings none', async () => {
  const { clock, state, loop, end } = setUp();
  state.changes = [{ actions: ['update'], object: { kind: 'flow', name: 'x' }, fields: [] }];
  state.watching = Promise.withResolvers();
  await clock.advance(0);
  loop.nudge();
  await clock.advance(0);
  assert.deepEqual(state.fetched, [0, 0]);
  assert.deepEqual(state.told, ['Reconciling=True NewRevision']);
  state.revision = 'b';
  state.told.length = 0;
  loop.nudge();
  await clock.advance(0);
  assert.deepEqual(state.told, [
    'Reconciling=True Superseded',
    'Applied=True Applied',
    'Healthy=Unknown Superseded',
    'applied',
    'Reconciling=True NewRevision',
    'Ready=True Succeeded',
    'Reconciling=False Settled',
    'Healthy=True Running',
    'applied',
  ]);
  await end();
});

test('without a nudge it looks for a newer revision after each interval, and goes on when it cannot', async () => {
  const { clock, state, end } = setUp();
  state.changes = [{ actions: ['update'], object: { kind: 'flow', name: 'x' }, fields: [] }];
  state.watching = Promise.withResolvers();
  await clock.advance(minute);
  assert.deepEqual(state.fetched, [0, 60]);
  state.failure = new VrskyError('VRS7004', 'away', { retryable: true });
  await clock.advance(2 * minute);
  assert.deepEqual(state.fetched, [0, 60, 120]);
  assert.deepEqual(state.told, ['Reconciling=True NewRevision']);
  state.watching.resolve();
  await clock.advance(0);
  assert.ok(state.told.includes('Ready=False FetchFailed'), 'the next pass says why');
  await end();
});

test('a cluster that is away is told, and tried again like anything that may pass', async () => {
  const { clock, state, end } = setUp();
  state.away = true;
  await clock.advance(minute);
  assert.deepEqual(state.fetched, []);
  assert.deepEqual([...new Set(state.told)], ['trouble']);
  state.away = false;
  await clock.advance(2 * minute);
  assert.ok(state.told.includes('Ready=True Succeeded'));
  await end();
});

test('an error that is nobody’s word is our own bug, and tried again', async () => {
  const { clock, state, end } = setUp();
  state.failure = new TypeError('x is not a function');
  await clock.advance(0);
  assert.deepEqual(state.told.slice(0, 2), ['Ready=False FetchFailed', 'Reconciling=True Retrying']);
  await end();
});
