// How one process makes whichever replica runs a source look at once: a core NATS message without content.
import type { Broker } from '../runtime/ports.ts';

function subjectOf(source: string): string {
  return `vrsky.reconcile.${source}`;
}

/** Heard by the replica that runs the source, if any does. */
export function nudge(broker: Pick<Broker, 'emit'>, source: string): void {
  broker.emit(subjectOf(source), {});
}

export function onNudge(
  broker: Pick<Broker, 'listen'>,
  source: string,
  heard: () => void,
  signal: AbortSignal,
): void {
  broker.listen(subjectOf(source), heard, signal);
}
