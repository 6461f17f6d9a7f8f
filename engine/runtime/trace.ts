// Reports what becomes of single messages to whoever waits (send) or watches (tail).
import type { Broker } from './ports.ts';

/** One settled message of one stage. */
export interface TraceEvent {
  /** Identifies this stored message within the trace. */
  readonly token: string;
  /** The token of the message it was made of; absent for what was accepted. */
  readonly parent?: string;
  readonly flow: string;
  readonly stage: string;
  readonly messageId: string;
  readonly outcome: TraceOutcome;
  /** Milliseconds since acceptance. */
  readonly sinceAcceptedMs: number;
  readonly attempt: number;
}

export type TraceOutcome =
  | {
      readonly kind: 'settled';
      readonly delivered: readonly string[];
      readonly filtered: readonly { readonly node: string; readonly reason: string }[];
      readonly published: number;
    }
  | { readonly kind: 'retry'; readonly node: string; readonly error: string; readonly delayMs: number }
  | {
      readonly kind: 'dead';
      readonly node: string;
      readonly code: string;
      readonly error: string;
      readonly because: string;
    };

/** Subjects of the engine's own core NATS traffic. */
export const control = {
  /** Request; every worker answers with its FlowStatsSnapshots. */
  stats: 'vrsky.stats',
  /** Every worker says here that it is alive. */
  presence: 'vrsky.presence',
  /** `vrsky.tail.<flow>`: somebody watches for the next `forMs` milliseconds. */
  tail: (flow: string) => `vrsky.tail.${flow}`,
  /** Where a watched flow reports its events. */
  events: (flow: string) => `vrsky.events.${flow}`,
} as const;

/** Knows whether a flow is being watched right now. */
export class TailSwitch {
  readonly #broker: Broker;
  readonly #subject: string;
  #untilMs = 0;

  constructor(broker: Broker, flow: string, signal: AbortSignal) {
    this.#broker = broker;
    this.#subject = control.events(flow);
    broker.listen(control.tail(flow), (value) => this.#extend(value), signal);
  }

  /** Whether anybody wants to know what became of a message with this trace. */
  isWanted(trace: string | undefined): boolean {
    return trace !== undefined || this.#isWatched();
  }

  /** Reports to the watchers and to the one who waits for this very message. */
  report(trace: string | undefined, event: TraceEvent): void {
    if (this.#isWatched()) this.#broker.emit(this.#subject, event);
    if (trace?.startsWith('vrsky.trace.')) this.#broker.emit(trace, event);
  }

  #isWatched(): boolean {
    return this.#untilMs > 0 && Date.now() < this.#untilMs;
  }

  #extend(value: unknown): void {
    const forMs = (value as { readonly forMs?: unknown } | null)?.forMs;
    if (typeof forMs === 'number') this.#untilMs = Date.now() + Math.min(forMs, 60_000);
  }
}
