// One try at one message of a stage: gathers outputs, waits until each is confirmed, reports once.

import { storeSubject } from '../compile/lanes.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import type { WriteOutcome } from '../connector/contract.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../connector/errors.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { ExpressionError } from '../expression/index.ts';
import type { LinkDefinition } from '../flow/graph.ts';
import { type Message, withPayload } from '../payload/message.ts';
import type { Payload } from '../payload/payload.ts';
import { asStepError } from '../steps/expression-step.ts';
import { encodeHeaders, header, holderHeader, holderOf } from './envelope.ts';
import type { FlowPayloads } from './flow-payloads.ts';
import type { Outputs, StageTarget } from './outputs.ts';
import type { Broker, HeaderPairs, Inbound } from './ports.ts';
import type { ProducerQueue } from './producer-queue.ts';
import { StageFailure } from './stage-failure.ts';
import type { Turn } from './turn.ts';

export interface AttemptParts {
  readonly flow: CompiledFlow;
  readonly stage: Stage;
  readonly broker: Broker;
  readonly producers: ReadonlyMap<string, ProducerQueue>;
  readonly payloads: FlowPayloads;
  /** Aborts when the stage stops. */
  readonly stopping: AbortSignal;
}

/** Either a failure, or everything that was confirmed. */
export interface AttemptResult {
  readonly failure: StageFailure | undefined;
  readonly delivered: readonly string[];
  readonly filtered: readonly { readonly node: string; readonly reason: string }[];
  readonly published: number;
}

/** Lists of their own would be kept in every message, and most stay empty or hold one. */
const none: readonly never[] = [];

/** Unacknowledged publishes at which steps are made to wait (a split of millions). */
const publishHighWater = 1024;

export class Attempt implements Outputs, AttemptResult {
  failure: StageFailure | undefined;
  delivered: readonly string[] = none;
  filtered: AttemptResult['filtered'] = none;
  published = 0;
  readonly #parts: AttemptParts;
  readonly #turn: Turn;
  readonly #inbound: Inbound;
  readonly #entered: Payload;
  readonly #onDone: (turn: Turn, result: AttemptResult) => void;
  /** Confirmations still missing, plus one for the steps. */
  #open = 1;
  /** What came in is what a producer gets: it may look at the value. */
  #isHandedOn = false;
  /** Where messages of the id that was published last went: all of one id go one after the other. */
  #last: { readonly id: string; readonly to: string[] } | undefined;
  #encoded: { readonly message: Message; readonly headers: HeaderPairs } | undefined;
  /** Gives back the room that a loaded payload takes. */
  #leave: (() => void) | undefined;

  constructor(parts: AttemptParts, turn: Turn, onDone: (turn: Turn, result: AttemptResult) => void) {
    this.#parts = parts;
    this.#turn = turn;
    this.#inbound = turn.inbound;
    this.#entered = turn.message.payload;
    this.#onDone = onDone;
  }

  publish(target: StageTarget, message: Message): void | Promise<void> {
    const { publisher } = this.#parts.broker;
    const id = this.#derivedId(target, message);
    // What cannot be written fails the step; only what was begun is waited for.
    const headers = this.#headersOf(message);
    const isInline = this.#parts.payloads.isInline(message.payload);
    this.#open++;
    this.published++;
    if (!isInline) return this.#publishReference(target, message, headers, id);
    const data = message.payload.bytes();
    const subject = storeSubject(target, message.orderKey);
    if (publisher.pending < publishHighWater) {
      publisher.send(subject, data, headers, id, (error) => this.#close(error, target.stage));
      return;
    }
    return new Promise((resolve) => {
      publisher.send(subject, data, headers, id, (error) => {
        this.#close(error, target.stage);
        resolve();
      });
    });
  }

  deliver(producer: string, message: Message): void {
    const queue = this.#parts.producers.get(producer);
    if (queue === undefined)
      throw new StageFailure(producer, new Error(`producer ${producer} is not running`), true);
    this.#open++;
    if (message.payload === this.#entered) this.#isHandedOn = true;
    const node = this.#parts.stage.nodes[producer];
    const link = node?.kind === 'producer' ? node.link : undefined;
    if (link !== undefined) void this.#deliverLink(producer, queue, message, link);
    else if (message.payload.content !== undefined) this.#deliverContent(producer, queue, message);
    else queue.push(message, (outcome) => this.#settleDelivery(producer, outcome), this.#parts.stopping);
  }

  /** Takes room in memory first; the room is free again when this try is over. */
  async load(payload: Payload): Promise<void> {
    const { payloads } = this.#parts;
    if (this.#leave === undefined) {
      this.#leave = () => undefined;
      this.#leave = await payloads.enter(payload);
    }
    await payloads.load(payload);
  }

  filter(node: string, reason: string): void {
    this.filtered = [...this.filtered, { node, reason }];
  }

  stepsDone(): void {
    // Parsed JSON is a hundred objects that would be kept until the acknowledgement, and be copied by the collector meanwhile.
    if (!this.#isHandedOn) this.#entered.forgetDecoded();
    this.#close(undefined, this.#parts.stage.entry);
  }

  stepsFailed(error: unknown): void {
    this.#close(error, this.#parts.stage.entry);
  }

  /** The store comes first: no message is published that refers to what is not there. */
  async #publishReference(
    target: StageTarget,
    message: Message,
    headers: HeaderPairs,
    id: string,
  ): Promise<void> {
    try {
      const { broker, payloads } = this.#parts;
      const { data, reference } = await payloads.pack(message.payload, message.acceptedAt, [id], {
        parent: holderOf(this.#inbound),
      });
      const own = reference === undefined ? headers : [...headers, holderHeader(id)];
      await broker.publisher.publish(storeSubject(target, message.orderKey), data, own, id);
      this.#close(undefined, target.stage);
    } catch (error) {
      this.#close(error, target.stage);
    }
  }

  /** To a producer that streams as a stream; to others, and when its templates want the value, loaded. */
  #deliverContent(producer: string, queue: ProducerQueue, message: Message): void {
    const settle = (outcome: WriteOutcome) => this.#settleDelivery(producer, outcome);
    const loaded = () =>
      this.load(message.payload).then(
        () => queue.push(message, settle, this.#parts.stopping),
        (error: unknown) => this.#close(error, producer),
      );
    if (!queue.streams) return void loaded();
    queue.push(
      message,
      (outcome) => {
        if (outcome.kind !== 'delivered' && message.payload.isMissed) void loaded();
        else settle(outcome);
      },
      this.#parts.stopping,
    );
  }

  /** The payload stays where it is, and its link goes out. */
  async #deliverLink(
    producer: string,
    queue: ProducerQueue,
    message: Message,
    link: LinkDefinition,
  ): Promise<void> {
    try {
      const holder = `link/${message.id}/${producer}`;
      const payload = await this.#parts.payloads.link(
        message.payload,
        holder,
        link,
        message.payload.reference && holderOf(this.#inbound),
      );
      queue.push(
        withPayload(message, payload),
        (outcome) => this.#settleDelivery(producer, outcome),
        this.#parts.stopping,
      );
    } catch (error) {
      this.#close(error, producer);
    }
  }

  #settleDelivery(producer: string, outcome: WriteOutcome): void {
    if (outcome.kind === 'delivered') this.delivered = [...this.delivered, producer];
    this.#close(outcome.kind === 'delivered' ? undefined : failureOf(producer, outcome), producer);
  }

  #close(error: unknown, node: string): void {
    if (error !== undefined) this.failure ??= StageFailure.of(node, error);
    this.#open--;
    if (this.#open > 0) return;
    this.#leave?.();
    this.#onDone(this.#turn, this);
  }

  /**
   * The same for every try of the same stored message, so that what an earlier try already published is stored once. Names the
   * target: after a change of the flow a retry may publish elsewhere, and that is a different message. What goes to one target is told apart
   * by its id, whatever else a try published before; by how many came before it only where ids are the same, as in programs of former versions.
   */
  #derivedId({ stage: target }: StageTarget, { id }: Message): string {
    const { flow, stage } = this.#parts;
    const derived = `${flow.name}/${stage.name}/${this.#inbound.streamSequence}/${target}/${id}`;
    const last = this.#last;
    if (last === undefined || last.id !== id) {
      this.#last = { id, to: [target] };
      return derived;
    }
    const before = last.to.filter((name) => name === target).length;
    last.to.push(target);
    return before === 0 ? derived : `${derived}/${before}`;
  }

  /** Written once for all the targets of a message. */
  #headersOf(message: Message): HeaderPairs {
    if (this.#encoded?.message !== message)
      this.#encoded = { message, headers: encodeHeaders(message, this.#inheritedHeaders()) };
    return this.#encoded.headers;
  }

  #inheritedHeaders(): HeaderPairs {
    const trace = this.#inbound.header(header.trace);
    const retried = this.#inbound.header(header.retried);
    if (trace === undefined && retried === undefined) return [];
    const token = `${this.#parts.stage.name}:${this.#inbound.streamSequence}`;
    return [
      ...(trace === undefined
        ? []
        : ([
            [header.trace, trace],
            [header.traceParent, token],
          ] as const)),
      ...(retried === undefined ? [] : ([[header.retried, retried]] as const)),
    ];
  }
}

type Failed = Exclude<WriteOutcome, { readonly kind: 'delivered' }>;

function failureOf(producer: string, outcome: Failed): StageFailure {
  const ours = causeOf(outcome.error, isPayloadFailure);
  if (ours !== undefined) return StageFailure.of(producer, ours);
  const template = causeOf(outcome.error, isExpressionError);
  if (template !== undefined)
    return new StageFailure(producer, outcome.error, false, { code: asStepError(template).code });
  const code = outcome.kind === 'rejected' || outcome.error instanceof PermanentError ? 'VRS8302' : 'VRS8301';
  const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? askedToWait(outcome.error)) : undefined;
  const away = outcome.error instanceof NotConnectedError;
  return new StageFailure(producer, outcome.error, outcome.kind === 'retry', {
    code: away ? 'VRS8303' : code,
    afterMs,
  });
}

/** What is not the other side's, however the producer wrapped it. */
function causeOf<Cause extends Error>(
  error: unknown,
  isIt: (cause: Error) => cause is Cause,
): Cause | undefined {
  let cause = error;
  for (let depth = 0; depth < 8 && cause instanceof Error; depth++, cause = cause.cause)
    if (isIt(cause)) return cause;
  return undefined;
}

/** It could not read the payload. */
function isPayloadFailure(cause: Error): cause is VrskyError {
  return cause instanceof VrskyError && /^VRS8[25]/.test(cause.code);
}

/** A template, such as that of its path, came to nothing or failed: the same message does so again. */
function isExpressionError(cause: Error): cause is ExpressionError {
  return cause instanceof ExpressionError;
}

function askedToWait(error: Error): number | undefined {
  return error instanceof RetryableError ? error.afterMs : undefined;
}
