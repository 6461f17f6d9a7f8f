// Conditions of flows, in the words of Kubernetes: whether a flow runs as applied, and why not.
import { recordVersion } from '../plan/record-version.ts';
import type { DeployedFlow } from './deployed-flow.ts';
import type { WorkerReport } from './worker.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export function flowConditions(
  deployed: DeployedFlow,
  reports: readonly WorkerReport[],
): readonly Condition[] {
  return [ready(deployed, reports), ...suspended(deployed)];
}

function ready(deployed: DeployedFlow, reports: readonly WorkerReport[]): Condition {
  const { name } = deployed.flow;
  const condition = (status: Condition['status'], reason: string, message: string): Condition => ({
    type: 'Ready',
    status,
    reason,
    message,
  });
  if (deployed.suspended === 'all')
    return condition('False', 'Suspended', 'it stands still until it is resumed');
  if (reports.length === 0) return condition('Unknown', 'NoWorkers', 'no worker answers');
  const stalled = reports.flatMap((report) => report.stalled).find(({ flow }) => flow === name);
  if (stalled !== undefined) return condition('False', 'Stalled', stalled.reason);
  const failing = reports.flatMap((report) => report.failing ?? []).find(({ flow }) => flow === name);
  if (failing !== undefined) return condition('False', 'Failing', failing.reason);
  const running = reports.flatMap((report) => report.running).filter(({ flow }) => flow === name);
  if (running.length === 0) return condition('False', 'NotStarted', 'no worker runs it');
  const version = recordVersion(deployed);
  if (running.some((one) => one.version !== version))
    return condition('False', 'Progressing', 'a worker still runs another version');
  return condition('True', 'Running', `${running.length} of ${reports.length} workers run it`);
}

function suspended({ suspended: scope }: DeployedFlow): readonly Condition[] {
  if (scope === undefined || scope === 'handover') return [];
  const message = scope === 'all' ? 'accepts and delivers nothing' : 'accepts nothing, delivers what waits';
  return [{ type: 'Suspended', status: 'True', reason: scope === 'all' ? 'All' : 'Intake', message }];
}
