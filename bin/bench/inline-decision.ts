// What it takes to find out that a message needs no reference: the questions themselves, asked of messages as a flow sees them.
import { encodedHeaders, headerIn } from '../../engine/nats/header-block.ts';
import { PayloadDepot } from '../../engine/payload/depot.ts';
import { PayloadHolders } from '../../engine/payload/holders.ts';
import { Payload } from '../../engine/payload/payload.ts';
import { encodeHeaders, holderOf } from '../../engine/runtime/envelope.ts';
import { FlowPayloads } from '../../engine/runtime/flow-payloads.ts';
import { spreadOf } from './rounds.ts';

const messages = 100_000;
const rounds = 15;

/**
 * Microseconds per message of a flow with two stages: whether it fits when it is accepted and when it is published on; for each stage whether it came
 * as a reference, and whether there is something to hold and to release. The median over rounds.
 */
export function decisionMicroseconds(): number {
  const holders = new PayloadHolders(() => Promise.reject(new Error('no message here has a reference')));
  const flow = {
    name: 'stored',
    delivery: { deadlineMs: 0, backoff: { initialMs: 0, factor: 1, maxMs: 0 } },
    payload: { inlineBytes: 64 * 1024, maxValueBytes: 1024 * 1024 },
  };
  const payloads = new FlowPayloads(new PayloadDepot(new Map(), holders), flow, new AbortController().signal);
  const taken: number[] = [];
  let references = 0;
  for (let round = -2; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let message = 0; message < messages; message++) {
      const payload = payloadOf(message);
      for (let stage = 0; stage < 2; stage++) {
        const block = blockOf(message + stage);
        if (!payloads.isInline(payload)) references++;
        if (holderOf({ header: (name) => headerIn(block, name) }) !== undefined) references++;
        if (payload.reference !== undefined) references++;
        if (payload.reference !== undefined) references++;
      }
    }
    const { user, system } = process.cpuUsage(before);
    // The first rounds are there for the compiler.
    if (round >= 0) taken.push((user + system) / messages);
  }
  if (references > 0) throw new Error(`${references} messages of 1 KiB were taken for references`);
  return spreadOf(taken).median;
}

const payloadsOf1KiB = Array.from({ length: 64 }, (_, index) => Payload.ofBytes(Buffer.alloc(1024, index)));
const blocks = Array.from({ length: 64 }, (_, index) =>
  encodedHeaders(
    encodeHeaders({
      ...{ id: `message-${index}`, headers: { source: 'bench' }, key: undefined, acceptedAt: index },
      ...{ payload: payloadOf(index), flow: 'stored', attempt: 1 },
    }),
  ),
);

function payloadOf(message: number): Payload {
  return payloadsOf1KiB[message % payloadsOf1KiB.length] as Payload;
}

function blockOf(message: number): string {
  return blocks[message % blocks.length] as string;
}
