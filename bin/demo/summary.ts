// What the demo prints at the end: a table per flow, where the results lie, what to try next.
import type { FlowStatsSnapshot } from '../../engine/runtime/flow-stats.ts';
import { percentile } from '../../engine/runtime/latency-histogram.ts';
import { renderTable } from '../cli/table.ts';

export function renderSummary(flows: readonly FlowStatsSnapshot[]): string {
  const rows = flows.map((flow) => [
    flow.flow,
    String(flow.accepted),
    String(flow.filtered),
    deliveredText(flow.delivered),
    String(flow.deadLettered),
    milliseconds(percentile(flow.latency, 0.5)),
    milliseconds(percentile(flow.latency, 0.99)),
  ]);
  return renderTable(['flow', 'accepted', 'filtered', 'delivered', 'dead letters', 'p50', 'p99'], rows);
}

function deliveredText(delivered: Readonly<Record<string, number>>): string {
  return Object.entries(delivered)
    .map(([producer, count]) => `${producer} ${count}`)
    .join(', ');
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
