// Large payloads on their way through ingest and stages: stored once, read as streams, freed after their last delivery.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compile } from '../compile/compile.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { graphOf, step } from '../compile/sample-graph.ts';
import type { Delivery, NackCause, Producer, WriteOutcome } from '../connector/contract.ts';
import { PermanentError, RetryableError } from '../connector/errors.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { LinkDefinition, StepDefinition } from '../flow/graph.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { decodeReference } from '../payload/reference.ts';
import { stepTypes } from '../steps/index.ts';
import { systemClock } from './clock.ts';
import { FakePublisher, fakeBroker, inboundMessage } from './fake-broker.ts';
import { redactor } from './flow-context.ts';
import { FlowStats } from './flow-stats.ts';
import { Ingest } from './ingest.ts';
import { ProducerQueue } from './producer-queue.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { memoryPayloads } from './test-payloads.ts';
import { TailSwitch } from './trace.ts';

const running = new AbortController().signal;
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
const large = JSON.stringify({ id: 1, text: 'x'.repeat(500) });

interface Setup {
  readonly steps?: readonly StepDefinition[];
  readonly producers?: readonly string[];
  readonly streams?: boolean;
  readonly link?: LinkDefinition;
  readonly write?: (message: Message) => Promise<WriteOutcome>;
}

/** A flow whose payloads over 256 bytes travel by reference; `written` is what its producer got. */
function setUp({ steps = [], producers = ['out'], streams = true, write, link }: Setup = {}) {
  const entry = steps[0] === undefined ? producers : [steps[0].name];
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
async function ingest(
  offers: readonly Partial<Delivery>[],
  before: (setup: ReturnType<typeof setUp>) => void = () => undefined,
) {
  const setup = setUp();
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
function streamed(json: string, breaksAfter = Number.POSITIVE_INFINITY): Payload {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < json.length; at += 100) {
      if (at >= breaksAfter) throw new Error('the line broke');
      yield await Promise.resolve(Buffer.from(json.slice(at, at + 100)));
    }
  }
  return Payload.ofContent({ size: undefined, open }, 'application/json');
}

test('a large payload is stored before its message, which carries the reference', async () => {
  const { settled, publisher, store, bucket } = await ingest([{ id: 'f1' }]);
  const [stored] = publisher.published;
  const reference = decodeReference(Buffer.from(stored?.data ?? ''));
  assert.deepEqual(settled, ['ack']);
  assert.deepEqual([reference.size, reference.contentType], [large.length, 'application/json']);
  assert.equal(Buffer.from(store.objects.get(reference.key) ?? []).toString(), large);
  assert.equal(stored?.headers['Vrsky-Reference'], encodeURIComponent('orders/in/out/f1'));
  assert.deepEqual(bucket.only?.holders, ['orders/in/out/f1']);
});

test('a stream goes by its size: a short one travels in its message, a long one by reference', async () => {
  const { settled, publisher, store } = await ingest([
    { payload: streamed('{"id":1}') },
    { payload: streamed(large) },
  ]);
  assert.deepEqual(settled, ['ack', 'ack']);
  assert.equal(publisher.published[0]?.data, '{"id":1}');
  assert.equal(publisher.published[0]?.headers['Vrsky-Reference'], undefined);
  assert.equal([...store.objects.values()].map(String).join(), large);
});

test('a stream that breaks is not accepted, with a cursor or without, and leaves nothing', async () => {
  const { settled, publisher, bucket } = await ingest([
    { payload: streamed(large, 300) },
    { payload: streamed(large, 300), cursor: 7 },
  ]);
  assert.deepEqual(settled, ['busy', 'busy']);
  assert.deepEqual([publisher.published, bucket.entries.size], [[], 0]);
});

test('nothing is accepted while the store is down', async () => {
  const { settled, publisher } = await ingest([{}], ({ store }) => {
    store.fail = () => new VrskyError('VRS8503', 'down', { retryable: true });
  });
  assert.deepEqual([settled, publisher.published], [['busy'], []]);
});

test('the object of a message that the stream refused is free', async () => {
  const { settled, bucket } = await ingest([{}], ({ publisher }) => {
    publisher.fail = () => new VrskyError('VRS8101', 'full', { retryable: true });
  });
  assert.deepEqual([settled, bucket.only?.holders], [['busy'], []]);
});

test('a delivered payload is read as a stream, and free afterwards', async () => {
  const { process, written, bucket } = setUp();
  assert.equal(await process(large), 'ack');
  assert.deepEqual(written, [large]);
  assert.deepEqual([bucket.only?.holders, bucket.only?.released], [[], ['m1/shape']]);
});

test('steps about headers leave a payload a stream; steps about content get it loaded', async () => {
  const load: boolean[] = [];
  for (const when of ["$headers.'x-kind' = 'a' or $id != ''", 'id = 1']) {
    const seen = setUp({
      steps: [step('shape', 'filter', ['out'], { config: { when } })],
      write: ({ payload }) => {
        load.push(payload.content !== undefined && !isHeld(payload));
        return Promise.resolve({ kind: 'delivered' });
      },
    });
    assert.equal(await seen.process(large), 'ack');
  }
  assert.deepEqual(load, [true, false]);
});

function isHeld(payload: Payload): boolean {
  try {
    payload.bytes();
    return true;
  } catch {
    return false;
  }
}

test('a producer that cannot stream gets the whole', async () => {
  const texts: string[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    texts.push(Buffer.from(payload.bytes()).toString());
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process } = setUp({ streams: false, write });
  assert.equal(await process(large), 'ack');
  assert.deepEqual(texts, [large]);
});

test('a producer that finds it needs the whole after all is asked again', async () => {
  let asked = 0;
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    asked++;
    try {
      return Promise.resolve(payload.value() ? { kind: 'delivered' } : { kind: 'delivered' });
    } catch (error) {
      return Promise.resolve({ kind: 'rejected', error: new PermanentError('no', { cause: error }) });
    }
  };
  const { process } = setUp({ write });
  assert.deepEqual([await process(large), asked], ['ack', 2]);
});

test('what is needed as a whole and too large for that is a dead letter, which keeps its payload', async () => {
  const { process, publisher, bucket } = setUp({
    steps: [step('shape', 'map', ['out'], { config: { expression: 'id' } })],
  });
  assert.equal(await process(JSON.stringify({ id: 'x'.repeat(2000) })), 'ack');
  const [letter] = publisher.published;
  assert.equal(letter?.headers['Vrsky-Dead-Code'], 'VRS8505');
  assert.equal(letter?.headers['Vrsky-Dead-Node'], 'shape');
  assert.equal(letter?.headers['Vrsky-Reference'], 'm1%2Fshape');
  assert.deepEqual([bucket.only?.holders, bucket.only?.dead], [[], ['m1/shape']]);
});

test('a truncated or altered object is never delivered', async () => {
  for (const bytes of [Buffer.from(large.slice(0, 300)), Buffer.from(large.replace('x', 'y'))]) {
    const { process, store, written, publisher } = setUp();
    const put = store.put.bind(store);
    store.put = async (key, content) => {
      await put(key, content);
      store.objects.set(key, bytes);
    };
    assert.equal(await process(large), 'ack');
    assert.deepEqual(written, []);
    assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Code'], 'VRS8502');
  }
});

test('a store that is down holds messages up; its failures are no attempts', async () => {
  const { process, store, publisher } = setUp();
  const put = store.put.bind(store);
  store.put = async (key, content) => {
    await put(key, content);
    store.fail = () => new VrskyError('VRS8503', 'down', { retryable: true });
  };
  const settled = await process(large, 1000);
  assert.ok(typeof settled === 'object' && settled.nak > 0, JSON.stringify(settled));
  assert.deepEqual(publisher.published, []);
});

test('a delivery that is tried again keeps its payload', async () => {
  const write = () => Promise.resolve({ kind: 'retry', error: new RetryableError('busy') } as const);
  const { process, bucket } = setUp({ write });
  assert.notEqual(await process(large), 'ack');
  assert.deepEqual(bucket.only?.holders, ['m1/shape']);
});

test('a fan-out passes the reference on, and each target holds the object', async () => {
  const { process, publisher, store, bucket } = setUp({
    steps: [step('shape', 'set', ['one', 'two'], { config: { headers: { 'x-a': 'b' } } })],
    producers: ['one', 'two'],
  });
  assert.equal(await process(large), 'ack');
  const ids = publisher.published.map(({ id }) => id);
  assert.equal(publisher.published.length, 2);
  for (const { id, data, headers } of publisher.published) {
    assert.equal(decodeReference(Buffer.from(data)).key, [...store.objects.keys()][0]);
    assert.equal(headers['Vrsky-Reference'], encodeURIComponent(id ?? ''));
  }
  assert.deepEqual([store.objects.size, bucket.only?.holders], [1, ids]);
});

test('a payload that a step made larger than the threshold is stored anew', async () => {
  const { process, publisher, store } = setUp({
    steps: [
      step('shape', 'map', ['one', 'two'], { config: { expression: '{ "all": [text, text, "new"] }' } }),
    ],
    producers: ['one', 'two'],
  });
  assert.equal(await process(JSON.stringify({ text: 'x'.repeat(200) })), 'ack');
  assert.equal(store.objects.size, 2, 'one per target');
  const keys = publisher.published.map(({ data }) => decodeReference(Buffer.from(data)).key);
  for (const key of keys) assert.match(Buffer.from(store.objects.get(key) ?? []).toString(), /"new"/);
});

test('what is no reference, or refers to nothing, is a dead letter that says so', async () => {
  const { hand, publisher } = setUp();
  const { message, settled } = inboundMessage('{"version":2}', { 'Vrsky-Reference': 'm1' });
  hand(message);
  assert.equal(await settled, 'ack');
  assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Code'], 'VRS8504');
});

test('a producer that takes links gets one to the object, which outlives the delivery', async () => {
  const links: { readonly url: string; readonly size: number; readonly contentType: string }[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    links.push(payload.value() as (typeof links)[number]);
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process, bucket, store } = setUp({ write, link: { expiresMs: 3_600_000 } });
  assert.equal(await process(large), 'ack');
  const [key] = store.objects.keys();
  assert.equal(links[0]?.url, `https://links.example/${key}#${bucket.only?.holders[0]}`);
  assert.equal(links[0]?.size, large.length);
  assert.equal(links[0]?.contentType, 'application/json');
  assert.match(bucket.only?.holders.join() ?? '', /^link\/.+\/out$/);
  assert.ok((bucket.only?.expiresAt ?? 0) >= Date.now() + 3_500_000);
});

test('a payload that travels inside its message is stored for its link', async () => {
  const links: unknown[] = [];
  const write = ({ payload }: Message): Promise<WriteOutcome> => {
    links.push(payload.value());
    return Promise.resolve({ kind: 'delivered' });
  };
  const { process, bucket, store } = setUp({ write, link: { expiresMs: 1000 } });
  assert.equal(await process('{"id":1}'), 'ack');
  assert.deepEqual([...store.objects.values()].map(String), ['{"id":1}']);
  assert.equal(bucket.only?.holders.length, 1);
  assert.equal(links.length, 1);
});
