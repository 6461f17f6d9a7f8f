// Keeps payloads in a JetStream object store: the client's own format, read by pulling so that little of an object is in memory.
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { ObjectStore } from '@nats-io/obj';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { expiryOf } from '../payload/object-key.ts';
import type { PayloadStore, StoredObject } from '../payload/payload-store.ts';
import { storeFailure } from '../payload/stores/store-failure.ts';
import { WatchedContent } from '../payload/stores/watched-content.ts';

export interface NatsStoreSettings {
  /** `VRSKY_OBJECTS` when absent; created when it is missing. */
  readonly bucket?: string;
  /** Copies, when it is created. */
  readonly replicas?: number;
}

interface Opened {
  readonly store: ObjectStore;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

const chunkBytes = 128 * 1024;
/** Chunks pulled ahead of the reader. */
const chunksAhead = 16;
const publishTimeoutMs = 10_000;

export function natsStore(connection: NatsConnection, settings: NatsStoreSettings): PayloadStore {
  const { bucket = 'VRSKY_OBJECTS' } = settings;
  let opening: Promise<Opened> | undefined;
  const using = async <T>(verb: string, key: string, work: (opened: Opened) => Promise<T>): Promise<T> => {
    try {
      opening ??= open(connection, bucket, settings.replicas ?? 1);
      return await work(await opening);
    } catch (error) {
      opening = undefined;
      throw storeFailure('nats', verb, `${bucket}/${key}`, error);
    }
  };
  const subjects = `$O.${bucket}`;
  const purge = ({ manager }: Opened, filter: string) => manager.streams.purge(`OBJ_${bucket}`, { filter });
  return {
    async put(key, content, signal) {
      const watched = new WatchedContent(content, signal);
      const work = ({ store }: Opened) =>
        store.put({ name: key, options: { max_chunk_size: chunkBytes } }, ReadableStream.from(watched), {
          timeout: publishTimeoutMs,
        });
      await using('write', key, work).catch((error: unknown) => {
        throw watched.failed ? watched.error : error;
      });
    },
    async *get(key, signal) {
      const chunks = await using('read', key, (opened) => read(opened, bucket, key, signal));
      try {
        yield* chunks;
      } catch (error) {
        throw storeFailure('nats', 'read', `${bucket}/${key}`, error);
      }
    },
    async delete(key) {
      await using('delete', key, async (opened) => {
        if ((await opened.store.info(key)) === null) return;
        await opened.store.delete(key);
        // What the client leaves to tell of the deletion would stay for ever.
        await purge(opened, `${subjects}.M.${encodedName(key)}`);
      });
    },
    async *list(): AsyncGenerator<StoredObject> {
      const objects = await using('list', '', ({ store }) => store.list());
      for (const { name, size } of objects) if (expiryOf(name) !== undefined) yield { key: name, size };
    },
    async abandonUploads(before) {
      await using('list uploads of', '', async (opened) => {
        const finished = new Set((await opened.store.list()).map(({ nuid }) => `${subjects}.C.${nuid}`));
        const options = { subjects_filter: `${subjects}.C.>` };
        const { state } = await opened.manager.streams.info(`OBJ_${bucket}`, options);
        for (const subject of Object.keys(state.subjects ?? {})) {
          if (finished.has(subject)) continue;
          const last = await opened.manager.streams.getMessage(`OBJ_${bucket}`, { last_by_subj: subject });
          if (last !== null && last.time.getTime() < before) await purge(opened, subject);
        }
      });
    },
  };
}

async function open(connection: NatsConnection, bucket: string, replicas: number): Promise<Opened> {
  const client = jetstream(connection);
  const manager = await jetstreamManager(connection);
  // Few connections are about objects, and each would wait for this to be loaded.
  const { Objm } = await import('@nats-io/obj');
  const objects = new Objm(client);
  const store = await objects.open(bucket).catch(() => objects.create(bucket, { replicas }));
  return { store, client, manager };
}

async function read(
  { store, client }: Opened,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const info = await store.info(key);
  if (info === null || info.deleted) throw new VrskyError('VRS8501', `payload ${key} is gone from ${bucket}`);
  const { nuid, size } = info;
  return size === 0 ? nothing() : chunksOf(client, bucket, nuid, size, signal);
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** Ends when `size` bytes came, or nothing is left: the caller holds what came against the reference. */
async function* chunksOf(
  client: JetStreamClient,
  bucket: string,
  nuid: string,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const consumer = await client.consumers.get(`OBJ_${bucket}`, { filter_subjects: `$O.${bucket}.C.${nuid}` });
  if ((await consumer.info()).num_pending === 0) return;
  const messages = await consumer.consume({ max_messages: chunksAhead });
  const stop = () => void messages.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let left = size;
    for await (const message of messages) {
      yield message.data;
      left -= message.data.byteLength;
      if (left <= 0 || message.info.pending === 0) return;
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', stop);
    await messages.close();
  }
}

/** As the client writes names into subjects. */
function encodedName(name: string): string {
  return Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
