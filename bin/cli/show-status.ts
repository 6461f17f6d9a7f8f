// Shows the state of an account on stdout.
import type { Connected } from '../../engine/nats/connect.ts';
import type { Condition } from '../../engine/runtime/flow-conditions.ts';
import type { SourceStatus } from '../../engine/runtime/source-status.ts';
import type { FlowStatus } from '../../engine/runtime/status.ts';
import { openDeployment } from './deploy.ts';
import { narrate, paint, print } from './narrate.ts';
import { renderTable } from './table.ts';

export async function showStatus(
  connected: Connected,
  flow: string | undefined,
  format: 'human' | 'json',
): Promise<void> {
  const { readStatus } = await import('../../engine/runtime/status.ts');
  const { readSources } = await import('../../engine/runtime/source-status.ts');
  const [status, sources] = await Promise.all([
    readStatus(connected.broker, connected.cluster, flow),
    openDeployment(connected).then(readSources),
  ]);
  // A line each, so that a program can follow `--watch`.
  if (format === 'json') return print(JSON.stringify({ ...status, sources }));
  if (status.flows.length === 0) narrate('no flows are applied; `vrsky apply flows` applies some');
  for (const source of sources) print(renderSource(source));
  if (sources.length > 0) print('');
  for (const view of status.flows) print(renderFlow(view));
  for (const { flow: name, reason } of status.stalled)
    print(`${paint('red', '✗')} ${name} cannot start: ${reason}`);
  narrate(
    `server ${status.serverVersion} · ${status.workers} worker${status.workers === 1 ? '' : 's'} · ${status.deadLetters} dead letters`,
  );
}

function renderSource({ owner, revision, suspended, conditions }: SourceStatus): string {
  const state =
    revision === undefined
      ? 'nothing applied'
      : `revision ${revision.number} (${revision.revision}) of ${revision.at}${verdict(revision)}`;
  const held =
    suspended === undefined ? [] : [`  suspended by ${suspended.by} ${suspended.reason}`.trimEnd()];
  return [`${owner}: ${state}`, ...held, ...conditions.map(renderCondition)].join('\n');
}

function renderCondition({ type, status, reason, message }: Condition): string {
  return `  ${type}=${status} ${reason}${message === '' ? '' : `: ${message}`}`;
}

function renderFlow(view: FlowStatus): string {
  const rows = view.stages.map((stage) => [
    stage.stage + (stage.retiring ? ' (retiring)' : ''),
    String(stage.waiting),
    stage.lagMs === undefined ? '–' : `${(stage.lagMs / 1000).toFixed(1)} s`,
    String(stage.inFlight),
    String(stage.redelivered),
    String(stage.deadLetters),
  ]);
  const { accepted, filtered, deadLettered, retried } = view.counts;
  const counts = `accepted ${accepted} · filtered ${filtered} · dead ${deadLettered} · retried ${retried}`;
  const owner = view.owner === undefined ? '' : `  ${view.owner}@${view.revision}`;
  const header = ['stage', 'waiting', 'lag', 'in flight', 'redelivered', 'dead letters'];
  return [
    `${view.flow}  ${view.digest}  ${view.stream}${owner}  ${counts}`,
    ...view.conditions.map(renderCondition),
    `${renderTable(header, rows)}\n`,
  ].join('\n');
}

function verdict({ healthy, proving }: { readonly healthy: boolean; readonly proving?: true }): string {
  if (proving === true) return ', has yet to prove itself';
  return healthy ? '' : ', not healthy';
}
