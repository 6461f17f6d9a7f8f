// Administration of one account's JetStream in our own terms.
import { type ConsumerInfo, type JetStreamManager, StorageType, type StreamInfo } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Cluster, StoredMessage } from '../apply/cluster.ts';
import type { BucketSpec, JetStreamConsumerSpec, StreamSpec } from '../compile/program.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { LiveBucket, LiveConsumer, LiveStream } from '../plan/state.ts';
import { consumerDeviations, streamDeviations } from './deviations.ts';
import { bucketSpec, consumerConfig, consumerSpec, streamConfig, streamSpec } from './specs.ts';

/** Streams behind buckets. */
const bucketPrefix = 'KV_';
const noSuchStream = 10059;
const noSuchConsumer = 10014;
const noSuchMessage = 10037;
const insufficientStorage = 10047;
const storageHelp =
  'JetStream sets aside the bounds of all streams: give the server a larger `max_file_store` (or the account a larger limit), or free disk space.';
/** With another configuration. */
const consumerExists = 10148;

export class NatsCluster implements Cluster {
  readonly #manager: JetStreamManager;
  readonly #kvm: Kvm;
  readonly serverVersion: string;

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#manager = manager;
    this.#kvm = new Kvm(connection);
    this.serverVersion = connection.info?.version ?? '';
  }

  async listStreams(): Promise<readonly LiveStream[]> {
    const streams: LiveStream[] = [];
    for await (const info of this.#manager.streams.list())
      if (!info.config.name.startsWith(bucketPrefix)) streams.push(liveStream(info));
    return streams;
  }

  async createStream(spec: StreamSpec): Promise<LiveStream> {
    const info = await explained(`create stream ${spec.name}`, () =>
      this.#manager.streams.add(streamConfig(spec)),
    );
    return liveStream(info as StreamInfo);
  }

  async updateStream(spec: StreamSpec, untouched: readonly string[] = []): Promise<LiveStream> {
    const config = without(streamConfig(spec), untouched);
    const info = await explained(`update stream ${spec.name}`, () =>
      this.#manager.streams.update(spec.name, config),
    );
    return liveStream(info as StreamInfo);
  }

  async deleteStream(name: string): Promise<void> {
    await explained(`delete stream ${name}`, () => this.#manager.streams.delete(name), noSuchStream);
  }

  async listConsumers(stream: string): Promise<readonly LiveConsumer[]> {
    const list = async () => {
      const consumers: LiveConsumer[] = [];
      for await (const info of this.#manager.consumers.list(stream)) consumers.push(liveConsumer(info));
      return consumers;
    };
    return (await explained(`list JetStream consumers of ${stream}`, list, noSuchStream)) ?? [];
  }

  async createConsumer(
    spec: JetStreamConsumerSpec,
    untouched: readonly string[] = [],
  ): Promise<LiveConsumer> {
    const { consumers } = this.#manager;
    const config = consumerConfig(spec);
    const what = `create JetStream consumer ${spec.name}`;
    const created = await explained(what, () => consumers.add(spec.stream, config), consumerExists);
    const info =
      created ??
      (await explained(what, () => consumers.update(spec.stream, spec.name, without(config, untouched))));
    return liveConsumer(info as ConsumerInfo);
  }

  async deleteConsumer(stream: string, name: string): Promise<void> {
    await explained(
      `delete JetStream consumer ${name}`,
      () => this.#manager.consumers.delete(stream, name),
      noSuchConsumer,
      noSuchStream,
    );
  }

  async listBuckets(): Promise<readonly LiveBucket[]> {
    const buckets: LiveBucket[] = [];
    for await (const { config } of this.#manager.streams.list('$KV.>'))
      if (config.name.startsWith(bucketPrefix)) buckets.push({ spec: bucketSpec(config) });
    return buckets;
  }

  async updateBucket(spec: BucketSpec): Promise<void> {
    const { replicas, history } = spec;
    await explained(`update bucket ${spec.name}`, () =>
      this.#manager.streams.update(`${bucketPrefix}${spec.name}`, {
        num_replicas: replicas,
        max_msgs_per_subject: history,
      }),
    );
  }

  async createBucket(spec: BucketSpec): Promise<void> {
    const storage = spec.storage === 'file' ? StorageType.File : StorageType.Memory;
    await explained(`create bucket ${spec.name}`, () =>
      this.#kvm.create(spec.name, { storage, replicas: spec.replicas, history: spec.history }),
    );
  }

  async messagesBySubject(stream: string, filter: string): Promise<Readonly<Record<string, number>>> {
    const info = await explained(
      `read stream ${stream}`,
      () => this.#manager.streams.info(stream, { subjects_filter: filter }),
      noSuchStream,
    );
    return info?.state.subjects ?? {};
  }

  async purge(stream: string, filter: string): Promise<number> {
    const answer = await explained(
      `purge ${filter}`,
      () => this.#manager.streams.purge(stream, { filter }),
      noSuchStream,
    );
    return answer?.purged ?? 0;
  }

  async nextMessage(stream: string, filter: string, sequence: number): Promise<StoredMessage | undefined> {
    const query = { seq: sequence, next_by_subj: filter };
    const found = await explained(
      `read stream ${stream}`,
      () => this.#manager.streams.getMessage(stream, query),
      noSuchMessage,
      noSuchStream,
    );
    if (found === undefined || found === null) return undefined;
    const headers = [...found.header].flatMap(([name, values]) =>
      values.map((value) => [name, value] as const),
    );
    return {
      sequence: found.seq,
      subject: found.subject,
      storedAtMs: found.time.getTime(),
      data: found.data,
      headers,
    };
  }

  async deleteMessage(stream: string, sequence: number): Promise<void> {
    await explained(
      `delete message ${sequence}`,
      () => this.#manager.streams.deleteMessage(stream, sequence, false),
      noSuchMessage,
    );
  }
}

/** What an update does not name the client sends as it is. */
function without<Config extends object>(config: Config, names: readonly string[]): Config {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name))) as Config;
}

function liveStream({ config, state }: StreamInfo): LiveStream {
  const { messages, bytes, last_seq: lastSequence } = state;
  return { spec: streamSpec(config), deviations: streamDeviations(config), messages, bytes, lastSequence };
}

function liveConsumer(info: ConsumerInfo): LiveConsumer {
  const { config, stream_name: stream } = info;
  return {
    spec: consumerSpec(stream, config),
    deviations: consumerDeviations(stream, config),
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    redelivered: info.num_redelivered,
  };
}

/** Runs a call; codes in `absent` mean that what it asks for is not there, anything else is thrown with what was tried. */
async function explained<T>(
  what: string,
  call: () => Promise<T>,
  ...absent: readonly number[]
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code === 'number' && absent.includes(code)) return undefined;
    const help = code === insufficientStorage ? storageHelp : undefined;
    throw new VrskyError('VRS8107', `could not ${what}: ${(error as Error).message}`, {
      cause: error,
      retryable: true,
      ...(help === undefined ? {} : { help }),
    });
  }
}
