// The reference of `throughput`: a program that does by hand what a stage does for a message, and nothing else.
// Own pull → JSON.parse → transform → JSON.stringify → pipelined publish with a message id → ack after the PubAck.
import { connect } from '@nats-io/transport-node';
import { type Order, transformByHand } from '../order.ts';
import { BarePublisher, idHeader } from './bare-publisher.ts';
import { acknowledge, barePull } from './bare-puller.ts';

/** As JSON in the first argument. */
export interface BareStage {
  readonly server: string;
  readonly stream: string;
  readonly consumer: string;
  readonly to: string;
  /** `map`: the order is read, changed and filtered. `pass`: its bytes are handed on. */
  readonly work: 'map' | 'pass';
}

const { server, stream, consumer, to, work } = JSON.parse(process.argv[2] ?? '{}') as BareStage;
const connection = await connect({ servers: server });
const publisher = new BarePublisher(connection);

barePull(connection, stream, consumer, (message) => {
  const sequence = (message.reply as string).split('.').at(-4) as string;
  let { data } = message;
  if (work === 'map') {
    const changed = transformByHand(
      JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString()) as Order,
    );
    if (changed === undefined) {
      acknowledge(connection, message);
      return;
    }
    data = Buffer.from(JSON.stringify(changed));
  }
  publisher.send(to, data, idHeader(`${consumer}/${sequence}`), () => acknowledge(connection, message));
});
// In good order: a profile is written at the end.
process.once('SIGTERM', () => process.exit());
await connection.flush();
process.stdout.write('running\n');
