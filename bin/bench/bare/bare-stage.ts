// The reference of several cases: a program that does by hand what stages do for messages, and nothing else.
// Own pull → JSON.parse → transform → JSON.stringify → pipelined publish with a message id → ack after the PubAck.
import { text } from 'node:stream/consumers';
import { connect } from '@nats-io/transport-node';
import { type Order, transformByHand } from '../order.ts';
import { BarePublisher, idHeader } from './bare-publisher.ts';
import { acknowledge, barePull } from './bare-puller.ts';

export interface BareStage {
  readonly stream: string;
  readonly consumer: string;
  /** Subjects to publish to; none: the message ends here. */
  readonly to: readonly string[];
  /** `map`: the order is read, changed and filtered. `pass`: its bytes are handed on. */
  readonly work: 'map' | 'pass';
}

/** As JSON on standard input. */
export interface BareStages {
  readonly server: string;
  readonly stages: readonly BareStage[];
}

const { server, stages } = JSON.parse(await text(process.stdin)) as BareStages;
const connection = await connect({ servers: server });
const publisher = new BarePublisher(connection);

for (const stage of stages) run(stage);
// In good order: a profile is written at the end.
process.once('SIGTERM', () => process.exit());
await connection.flush();
process.stdout.write('running\n');

function run({ stream, consumer, to, work }: BareStage): void {
  barePull(connection, stream, consumer, (message) => {
    let { data } = message;
    if (work === 'map') {
      const changed = transformByHand(parsed(data));
      data = changed === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(changed));
    }
    let open = data.length === 0 ? 0 : to.length;
    if (open === 0) {
      acknowledge(connection, message);
      return;
    }
    const sequence = (message.reply as string).split('.').at(-4) as string;
    for (const subject of to)
      publisher.send(subject, data, idHeader(`${consumer}/${sequence}/${subject}`), () => {
        if (--open === 0) acknowledge(connection, message);
      });
  });
}

function parsed(data: Uint8Array): Order {
  return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString()) as Order;
}
