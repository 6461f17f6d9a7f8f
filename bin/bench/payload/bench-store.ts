// The store that payloads go through in a benchmark, and how bare streams use it.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createS3Bucket, s3PutUrl } from '../../../engine/devserver/object-servers/s3-admin.ts';
import type { S3Server } from '../../../engine/devserver/object-servers/s3-servers.ts';
import { s3Bucket } from '../../../engine/payload/stores/s3/s3-bucket.ts';
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
  put(content: AsyncIterable<Uint8Array>, bytes: number): Promise<void>;
  get(): Promise<AsyncIterable<Uint8Array>>;
  clear(): Promise<void>;
}

export function bareStore({ bucket }: BenchStore, directory: string): BareStore {
  return bucket === undefined ? bareFolder(path.join(directory, 'bare-object')) : bareBucket(bucket);
}

function bareFolder(file: string): BareStore {
  return {
    put: (content) => writeSynced(file, hashed(content)),
    get: () => Promise.resolve(hashed(createReadStream(file, { highWaterMark: 256 * 1024 }))),
    clear: () => rm(file, { force: true }),
  };
}

function bareBucket({ server, name }: NonNullable<BenchStore['bucket']>): BareStore {
  const bucket = s3Bucket({ ...server.settings, bucket: name });
  return {
    put: async (content, bytes) => send('PUT', await s3PutUrl(server, name, 'bare'), hashed(content), bytes),
    get: async () => {
      const expiresAtMs = Date.now() + 3_600_000;
      const url = await bucket.link('bare', { expiresAtMs, contentType: 'application/octet-stream' });
      const answer = await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
        request(url).once('response', resolve).once('error', reject).end();
      });
      return hashed(answer);
    },
    clear: async () => {
      await bucket.delete('bare');
      bucket.close();
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
