// One line of text for one trace event.
import type { TraceEvent } from '../../engine/runtime/trace.ts';
import { paint } from './narrate.ts';

export function traceLine(event: TraceEvent): string {
  const where = `${event.flow}/${event.stage} ${event.messageId}`;
  const since = `${Math.round(event.sinceAcceptedMs)} ms`;
  return `${where} ${outcomeText(event)} (${since}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''})`;
}

function outcomeText({ outcome }: TraceEvent): string {
  switch (outcome.kind) {
    case 'settled': {
      const parts = [
        ...outcome.delivered.map((producer) => paint('green', `delivered to ${producer}`)),
        ...outcome.filtered.map(({ node, reason }) => paint('yellow', `filtered by ${node}: ${reason}`)),
        ...(outcome.published > 0 ? [`passed on ${outcome.published}`] : []),
      ];
      return parts.length > 0 ? parts.join(', ') : paint('yellow', 'came to nothing');
    }
    case 'retry':
      return paint('yellow', `failed at ${outcome.node}, again in ${outcome.delayMs} ms: ${outcome.error}`);
    case 'dead':
      return paint(
        'red',
        `dead letter at ${outcome.node} (${outcome.because}): ${outcome.code} ${outcome.error}`,
      );
  }
}
