// Pulls from a JetStream consumer by hand: large batches, asked for again when half of one is used up.
import { createInbox, type Msg, type NatsConnection } from '@nats-io/nats-core';

const batch = 1000;
const acknowledgement = Buffer.from('+ACK');

/** Calls `onMessage` for each; whoever is called acknowledges with {@link acknowledge}. */
export function barePull(
  connection: NatsConnection,
  stream: string,
  consumer: string,
  onMessage: (message: Msg) => void,
): void {
  const reply = createInbox();
  let coming = 0;
  const ask = () => {
    const wanted = batch - coming;
    coming = batch;
    connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
      JSON.stringify({ batch: wanted, expires: 600e9 }),
      { reply },
    );
  };
  connection.subscribe(reply, {
    callback: (_error, message) => {
      if (message.reply === '' || message.reply === undefined) {
        coming = 0;
        ask();
        return;
      }
      if (--coming <= batch / 2) ask();
      onMessage(message);
    },
  });
  ask();
}

export function acknowledge(connection: NatsConnection, message: Msg): void {
  connection.publish(message.reply as string, acknowledgement);
}
