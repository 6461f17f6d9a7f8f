// What a message meets at the entrance of a stage: gates, the check for duplicates, the group it is gathered into.
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import { acceptedId, type Message } from '../payload/message.ts';
import { type AggregateStage, aggregateStage } from './aggregate/aggregate-stage.ts';
import { GroupJournal } from './aggregate/group-journal.ts';
import { claimsOf } from './claims.ts';
import type { Clock } from './clock.ts';
import { compileKey } from './lanes/order-key.ts';
import type { Broker } from './ports.ts';
import { delayGate, type Gate, ThrottleGate } from './waiting/gate.ts';

/** Makes the gates of a flow's stages. */
export class FlowGates {
  readonly #flow: CompiledFlow;
  readonly #clock: Clock;
  #ingress: Gate | undefined;

  constructor(flow: CompiledFlow, clock: Clock) {
    this.#flow = flow;
    this.#clock = clock;
  }

  /** The bound of a flow holds over all its first stages together. */
  of({ reason, throttle, delayMs }: Stage): readonly Gate[] {
    const gates: Gate[] = [];
    if (delayMs !== undefined) gates.push(delayGate(delayMs, this.#clock));
    if (throttle !== undefined) gates.push(new ThrottleGate(throttle, this.#clock));
    if (this.#flow.throttle !== undefined && reason === 'ingress') {
      this.#ingress ??= new ThrottleGate(this.#flow.throttle, this.#clock);
      gates.push(this.#ingress);
    }
    return gates;
  }
}

/** Whether a message was processed before under another id; undefined where nobody asks. */
export function duplicateCheck(
  { name, idempotency }: CompiledFlow,
  stage: Stage,
  broker: Broker,
): ((message: Message) => Promise<boolean>) | undefined {
  if (idempotency === undefined || stage.reason !== 'ingress') return undefined;
  const keyOf = compileKey(idempotency.key);
  const claim = claimsOf(broker, name, stage.name);
  return async (message) => {
    const key = await keyOf(message);
    if (key === undefined) return false;
    // Copies and parts of one accepted message may come to a first stage, too.
    const holder = await claim(key, message.id, idempotency.windowMs);
    return acceptedId(holder) !== acceptedId(message.id);
  };
}

/** What a stage that begins with an aggregate step gathers by. */
export function gatheringOf(
  flow: CompiledFlow,
  { name, entry, nodes }: Stage,
  broker: Broker,
): { readonly aggregate?: AggregateStage } {
  const node = nodes[entry];
  if (node?.kind !== 'step' || node.type !== 'aggregate') return {};
  const journal = new GroupJournal(() => broker.bucket(buckets.state), `aggregate.${flow.name}.${name}`);
  return { aggregate: aggregateStage(entry, node.config, journal) };
}
