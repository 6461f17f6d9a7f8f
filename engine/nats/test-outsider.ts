// Hands other than the engine's on a server, for tests: they use JetStream's own words and know nothing of specs.
import {
  AckPolicy,
  type ConsumerUpdateConfig,
  DeliverPolicy,
  jetstreamManager,
  type StreamUpdateConfig,
} from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

export interface Outsider {
  updateStream(name: string, changes: Partial<StreamUpdateConfig>): Promise<void>;
  updateConsumer(stream: string, name: string, changes: Partial<ConsumerUpdateConfig>): Promise<void>;
  /** With settings that the engine never asks for. */
  addConsumer(
    stream: string,
    name: string,
    filterSubject: string,
    metadata: Record<string, string>,
  ): Promise<void>;
  /** Every message on the subject, whether a stream stores it or knows it already. An absent header is empty. */
  listen(subject: string, onMessage: (data: Uint8Array, header: (name: string) => string) => void): void;
  /** Resolves when everything that was sent before has arrived here. */
  flush(): Promise<void>;
  /** Deletes every stream and bucket. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** On a machine that does much else a server answers late. */
const patienceMs = 60_000;

export async function openOutsider(url: string): Promise<Outsider> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection, { timeout: patienceMs });
  return {
    updateStream: async (name, changes) => {
      await manager.streams.update(name, changes);
    },
    updateConsumer: async (stream, name, changes) => {
      await manager.consumers.update(stream, name, changes);
    },
    addConsumer: async (stream, name, filterSubject, metadata) => {
      await manager.consumers.add(stream, {
        durable_name: name,
        filter_subject: filterSubject,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        max_waiting: 3,
        metadata,
      });
    },
    listen: (subject, onMessage) => {
      connection.subscribe(subject, {
        callback: (_error, { data, headers }) => onMessage(data, (name) => headers?.get(name) ?? ''),
      });
    },
    flush: () => connection.flush(),
    sweep: async () => {
      const names: string[] = [];
      for await (const { config } of manager.streams.list()) names.push(config.name);
      // nats-server 2.15 may bring the messages of a deleted stream back when one of that name is made soon after; those it does not have it cannot.
      await Promise.all(
        names.map(async (name) => {
          await manager.streams.purge(name);
          await manager.streams.delete(name);
        }),
      );
    },
    close: () => connection.close(),
  };
}
