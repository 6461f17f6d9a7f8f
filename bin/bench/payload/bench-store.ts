// The store that payloads go through in a benchmark, and how bare streams use it.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createS3Bucket, type S3Urls, s3Urls } from '../../../engine/devserver/object-servers/s3-admin.ts';
import type { S3Server } from '../../../engine/devserver/object-servers/s3-servers.ts';
import { hashed } from './hashed.ts';
import { send } from './send.ts';

export interface BenchStore {
  readonly name: 's3' | 'disk';
  /** The spec of an ObjectStore; undefined for the engine's own folder. */
  readonly spec: string | undefined;
  readonly bucket: { readonly server: S3Server; readonly name: string } | undefined;
}

let buckets = 0;

/** A bucket of its own on the server; the engine's folder without one. */
export async function benchStore(server: S3Server | undefined): Promise<BenchStore> {
  if (server === undefined) return { name: 'disk', spec: undefined, bucket: undefined };
  const name = `bench-${++buckets}`;
  await createS3Bucket(server, name);
  const { endpoint, region, accessKeyId, secretAccessKey } = server.settings;
  const secret = '${secret:BENCH_S3}';
  process.env.VRSKY_SECRET_BENCH_S3 = secretAccessKey ?? '';
  const spec = `type: s3, bucket: ${name}, endpoint: "${endpoint}", region: ${region}, accessKeyId: ${accessKeyId}, secretAccessKey: "${secret}"`;
  return { name: 's3', spec, bucket: { server, name } };
}

/** Takes content and gives it back, hashing it each way, and holds it no longer. */
export interface BareStore {
  /** Makes everything ready that does not belong to the copying. */
  prepare(names: readonly string[]): Promise<void>;
  put(name: string, content: AsyncIterable<Uint8Array>, bytes: number): Promise<void>;
  get(name: string): Promise<AsyncIterable<Uint8Array>>;
  /** Deletes these. */
  clear(names: readonly string[]): Promise<void>;
}

export function bareStore({ bucket }: BenchStore, directory: string): BareStore {
  return bucket === undefined ? bareFolder(directory) : bareBucket(bucket);
}

function bareFolder(directory: string): BareStore {
  const fileOf = (name: string) => path.join(directory, `bare-${name}`);
  return {
    prepare: () => Promise.resolve(),
    put: (name, content) => writeSynced(fileOf(name), hashed(content)),
    get: (name) => Promise.resolve(hashed(createReadStream(fileOf(name), { highWaterMark: 256 * 1024 }))),
    clear: async (names) => {
      for (const name of names) await rm(fileOf(name), { force: true });
    },
  };
}

function bareBucket({ server, name: bucket }: NonNullable<BenchStore['bucket']>): BareStore {
  const urls = new Map<string, S3Urls>();
  const urlsOf = (name: string) => {
    const found = urls.get(name);
    if (found === undefined) throw new Error(`${name} was not prepared`);
    return found;
  };
  return {
    prepare: async (names) => {
      for (const [name, own] of await s3Urls(server, bucket, names)) urls.set(name, own);
    },
    put: (name, content, bytes) => send('PUT', urlsOf(name).put, hashed(content), bytes),
    get: async (name) => {
      const answer = await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
        request(urlsOf(name).get).once('response', resolve).once('error', reject).end();
      });
      return hashed(answer);
    },
    clear: async (names) => {
      for (const name of names) await fetch(urlsOf(name).delete, { method: 'DELETE' });
    },
  };
}

/** As a producer of files writes: complete or not there. */
export async function writeSynced(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(content, createWriteStream(`${file}.tmp`, { highWaterMark: 256 * 1024 }));
  const handle = await open(`${file}.tmp`);
  await handle.sync();
  await handle.close();
  await rename(`${file}.tmp`, file);
}
