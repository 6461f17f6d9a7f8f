// For tests: a flow whose payloads over 256 bytes travel by reference, without a server.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compile } from '../compile/compile.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { graphOf } from '../compile/sample-graph.ts';
import type { Delivery, NackCause, Producer, WriteOutcome } from '../connector/contract.ts';
import type { LinkDefinition, StepDefinition } from '../flow/graph.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { stepTypes } from '../steps/index.ts';
import { systemClock } from './clock.ts';
import { FakePublisher, fakeBroker, inboundMessage } from './fake-broker.ts';
import { redactor } from './flow-context.ts';
import { FlowStats } from './flow-stats.ts';
import { Ingest } from './ingest.ts';
import { ProducerQueue } from './producer-queue.ts';
import { SettledMemory } from './settled-memory.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { memoryPayloads } from './test-payloads.ts';

import { TailSwitch } from './trace.ts';

export const running: AbortSignal = new AbortController().signal;
const stepContext = {
  flow: 'orders',
  step: 'shape',
  claim: (_key: string, holder: string) => Promise.resolve(holder),
  lookup: () => assert.fail(),
};
const queueFor = (producer: Producer) =>
  new ProducerQueue({
    producer,
    batch: batchOf(),
    breaker: breakerOf(),
    deadlineMs: 60_000,
    signal: running,
    clock: systemClock,
    log: () => undefined,
  });
/** Too large to travel inside its message. */
export const large = JSON.stringify({ id: 1, text: 'x'.repeat(500) });

interface Setup {
  readonly steps?: readonly StepDefinition[];
  /** Where the consumer leads; to the first step when absent. */
  readonly entry?: readonly string[];
  readonly producers?: readonly string[];
  readonly streams?: boolean;
  readonly link?: LinkDefinition;
  readonly write?: (message: Message) => Promise<WriteOutcome>;
}

/** A flow whose payloads over 256 bytes travel by reference; `written` is what its producer got. */
export function setUp({ steps = [], producers = ['out'], streams = true, write, link, ...more }: Setup = {}) {
  const entry = more.entry ?? (steps[0] === undefined ? producers : [steps[0].name]);
  const graph = graphOf('orders', entry, steps, producers);
  const flow = compile([graph], { tenant: 'default' }).value?.flows[0] as CompiledFlow;
  const stage = linked(flow.stages[0] as Stage, link);
  const publisher = new FakePublisher();
  const { broker, hand } = fakeBroker(publisher);
  const memory = memoryPayloads(flow);
  const written: string[] = [];
  const takeStream = async ({ payload }: Message): Promise<WriteOutcome> => {
    written.push(payload.content === undefined ? '' : await text(payload.content.open(running)));
    return { kind: 'delivered' };
  };
  const producer: Producer = {
    streams,
    write: (batch) => Promise.all(batch.map(write ?? takeStream)),
    close: () => Promise.resolve(),
  };
  new StageRunner({
    flow,
    stream: flow.stream,
    stage,
    run: compileStage(stage, stepTypes, () => stepContext),
    producers: new Map(producers.map((name) => [name, queueFor(producer)])),
    payloads: memory.payloads,
    broker,
    stats: new FlowStats(),
    tail: new TailSwitch(broker, 'orders', running),
    redact: redactor([]),
    log: () => undefined,
    settled: new SettledMemory(),
    gates: [],
    clock: systemClock,
  }).start();
  /** Stores a payload as ingest does, and hands its message to the stage. */
  const process = async (json: string, deliveries = 1) => {
    const payload = Payload.ofBytes(Buffer.from(json));
    const { data, reference } = await memory.payloads.pack(payload, Date.now(), ['m1/shape']);
    const headers = {
      'Content-Type': 'application/json',
      ...(reference ? { 'Vrsky-Reference': 'm1%2Fshape' } : {}),
    };
    const { message, settled } = inboundMessage(data.toString(), headers, deliveries);
    hand({ ...message, data });
    const how = await settled;
    // What is freed is freed after the acknowledgement.
    await nextTurn();
    return how;
  };
  return { flow, publisher, written, hand, process, ...memory };
}

/** The stage with producers that get links. */
function linked(stage: Stage, link: LinkDefinition | undefined): Stage {
  if (link === undefined) return stage;
  const nodes = Object.entries(stage.nodes).map(([name, node]) => [
    name,
    node.kind === 'producer' ? { ...node, link } : node,
  ]);
  return { ...stage, nodes: Object.fromEntries(nodes) };
}

/** What became of offered payloads. */
export async function ingest(
  offers: readonly Partial<Delivery>[],
  before: (setup: ReturnType<typeof setUp>) => void = () => undefined,
  options: Setup = {},
) {
  const setup = setUp(options);
  before(setup);
  const settled: (string | NackCause['kind'])[] = offers.map(() => 'open');
  async function* deliveries(): AsyncGenerator<Delivery> {
    for (const [index, offer] of offers.entries()) {
      yield await Promise.resolve({
        payload: Payload.ofBytes(Buffer.from(large)),
        ack: () => {
          settled[index] = 'ack';
        },
        nack: ({ kind }) => {
          settled[index] = kind;
        },
        ...offer,
      });
    }
  }
  await new Ingest({
    flow: 'orders',
    consumer: setup.flow.consumers[0] as CompiledFlow['consumers'][number],
    publisher: setup.publisher,
    payloads: setup.payloads,
    clock: systemClock,
    stats: new FlowStats(),
    signal: running,
    saveCursor: () => undefined,
    log: () => undefined,
  }).run(deliveries());
  return { settled, ...setup };
}

/** A stream in chunks of 100 bytes. */
export function streamed(json: string, breaksAfter = Number.POSITIVE_INFINITY): Payload {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < json.length; at += 100) {
      if (at >= breaksAfter) throw new Error('the line broke');
      yield await Promise.resolve(Buffer.from(json.slice(at, at + 100)));
    }
  }
  return Payload.ofContent({ size: undefined, open }, 'application/json');
}
