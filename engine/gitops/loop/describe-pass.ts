// From a pass to the conditions of its source: the one place where they are written.
import type { Finding } from './condition.ts';
import type { Pass, Stage } from './pass.ts';

const failures: Readonly<Record<Stage, string>> = {
  fetch: 'FetchFailed',
  verify: 'VerificationFailed',
  compile: 'BuildFailed',
  plan: 'PlanRefused',
  apply: 'ApplyFailed',
  health: 'Unhealthy',
};

/** A suspended source keeps what it had. Stages that were not reached say nothing. */
export function findingsOf(pass: Pass): readonly Finding[] {
  if (pass.suspended !== undefined)
    return [
      { type: 'Suspended', status: 'True', reason: 'Suspended', message: pass.suspended },
      { type: 'Reconciling', status: 'False', reason: 'Suspended', message: 'suspended' },
    ];
  return [
    ...ready(pass),
    reconciling(pass),
    {
      type: 'Stalled',
      status: pass.outcome === 'terminal' ? 'True' : 'False',
      reason: pass.outcome === 'terminal' ? reasonOf(pass) : 'Progressing',
      message: pass.outcome === 'terminal' ? problemText(pass) : 'nothing has to be done by hand',
    },
    ...verified(pass),
    ...applied(pass),
    ...healthy(pass),
    ...drifted(pass),
    { type: 'Suspended', status: 'False', reason: 'Active', message: 'not suspended' },
  ];
}

/** While a revision is on its way to the cluster. */
export function startingFindings(label: string): readonly Finding[] {
  return [{ type: 'Reconciling', status: 'True', reason: 'NewRevision', message: `applying ${label}` }];
}

/** What was superseded was never ready, nor did it fail. */
function ready(pass: Pass): readonly Finding[] {
  if (pass.problem !== undefined)
    return [{ type: 'Ready', status: 'False', reason: reasonOf(pass), message: problemText(pass) }];
  if (pass.health === 'superseded') return [];
  return [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: `runs ${pass.revision?.label}` }];
}

function reconciling(pass: Pass): Finding {
  if (pass.outcome === 'retry')
    return { type: 'Reconciling', status: 'True', reason: 'Retrying', message: problemText(pass) };
  if (pass.health === 'superseded')
    return { type: 'Reconciling', status: 'True', reason: 'Superseded', message: supersededText(pass) };
  return { type: 'Reconciling', status: 'False', reason: 'Settled', message: 'nothing is under way' };
}

function supersededText({ revision }: Pass): string {
  return `${revision?.label} was followed by a newer revision before it had proved itself`;
}

function reasonOf({ problem }: Pass): string {
  if (problem === undefined) return 'Succeeded';
  return problem.code === 'VRS7021' ? 'Quarantined' : failures[problem.stage];
}

function problemText({ problem, rolledBackTo }: Pass): string {
  if (problem === undefined) return '';
  const back = rolledBackTo === undefined ? '' : `; ${rolledBackTo} runs instead`;
  return `${problem.code}: ${problem.message}${back}`;
}

function verified({ signers, problem }: Pass): readonly Finding[] {
  if (problem?.stage === 'verify')
    return [
      {
        type: 'SourceVerified',
        status: 'False',
        reason: 'VerificationFailed',
        message: `${problem.code}: ${problem.message}`,
      },
    ];
  if (signers === undefined) return [];
  if (signers === 'unasked')
    return [
      {
        type: 'SourceVerified',
        status: 'Unknown',
        reason: 'NotAsked',
        message: 'no signatures are asked for',
      },
    ];
  return [
    {
      type: 'SourceVerified',
      status: 'True',
      reason: 'Trusted',
      message: `signed by ${[...new Set(signers)].join(', ')}`,
    },
  ];
}

function applied({ problem, revision, changes }: Pass): readonly Finding[] {
  if (problem !== undefined && problem.stage !== 'health')
    return [
      {
        type: 'Applied',
        status: 'False',
        reason: failures[problem.stage],
        message: `${problem.code}: ${problem.message}`,
      },
    ];
  if (changes === undefined) return [];
  return [{ type: 'Applied', status: 'True', reason: 'Applied', message: `${revision?.label} is applied` }];
}

function healthy(pass: Pass): readonly Finding[] {
  const { health } = pass;
  if (health === undefined) return [];
  if (health === 'superseded')
    return [{ type: 'Healthy', status: 'Unknown', reason: 'Superseded', message: supersededText(pass) }];
  if (health === 'healthy')
    return [{ type: 'Healthy', status: 'True', reason: 'Running', message: 'workers run every flow' }];
  if (health === 'no-workers')
    return [
      {
        type: 'Healthy',
        status: 'Unknown',
        reason: 'NoWorkers',
        message: 'no worker answers; start one with `vrsky run`',
      },
    ];
  return [{ type: 'Healthy', status: 'False', reason: 'Unhealthy', message: health.unhealthy }];
}

function drifted({ drift, givenUp }: Pass): readonly Finding[] {
  if (drift === undefined) return [];
  if (drift.length === 0)
    return [
      { type: 'DriftDetected', status: 'False', reason: 'InSync', message: 'nothing was changed by hand' },
    ];
  const reason = givenUp.length > 0 ? 'ComesBack' : 'ChangedByHand';
  const again =
    givenUp.length > 0 ? `VRS7022: comes back after every correction: ${givenUp.join(', ')}; ` : '';
  return [
    {
      type: 'DriftDetected',
      status: 'True',
      reason,
      message: `${again}changed by hand: ${drift.join(', ')}`,
    },
  ];
}
