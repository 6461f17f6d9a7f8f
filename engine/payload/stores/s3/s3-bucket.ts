// A bucket of S3 or anything that speaks it.
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { clientLibrary } from '../client-library.ts';
import {
  type BucketObject,
  type ObjectBucket,
  ObjectFailure,
  type OpenedObject,
  objectFailure,
} from '../object-bucket.ts';
import { uploadInParts } from '../upload-parts.ts';
import { WatchedContent } from '../watched-content.ts';
import { copyObject } from './s3-copy.ts';
import { DirectRequests, type SdkRequest } from './s3-direct.ts';
import { failureKind } from './s3-failure.ts';
import { type Connected, partTarget } from './s3-parts.ts';
import { patientMs, type S3Settings, s3ClientConfig } from './s3-settings.ts';

/** Connects when first used. */
export function s3Bucket(settings: S3Settings): ObjectBucket {
  const { bucket: Bucket } = settings;
  let connecting: Promise<Connected> | undefined;
  const using = async <T>(attempt: string, work: (connected: Connected) => Promise<T>): Promise<T> => {
    try {
      connecting ??= connect(settings);
      return await work(await connecting);
    } catch (error) {
      throw objectFailure(failureKind(error), `${attempt} in the S3 bucket ${Bucket}`, error);
    }
  };
  const named = (verb: string, key: string) => `${verb} ${key}`;
  const head = (Key: string, signal?: AbortSignal) =>
    using(named('look at', Key), ({ client, sdk }) =>
      client.send(
        new sdk.HeadObjectCommand({ Bucket, Key }),
        signal === undefined ? {} : { abortSignal: signal },
      ),
    );
  return {
    probe: (abortSignal) =>
      using('list objects', async ({ client, sdk }) => {
        await client.send(new sdk.ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal });
      }),
    async *list(Prefix, abortSignal, StartAfter) {
      for (let token: string | undefined, more = true; more; ) {
        const ContinuationToken = token;
        const page = await using(`list ${Prefix}*`, ({ client, sdk }) =>
          client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, StartAfter, ContinuationToken }), {
            abortSignal,
          }),
        );
        for (const item of page.Contents ?? []) yield found(item);
        token = page.NextContinuationToken;
        more = page.IsTruncated === true && token !== undefined;
      }
    },
    async describe(Key, version, signal) {
      const { ETag, ContentType: contentType, Metadata: metadata = {} } = await head(Key, signal);
      if (ETag !== version) throw new ObjectFailure('changed', `${Key} has changed`);
      return { contentType, metadata };
    },
    read: (Key, abortSignal, IfMatch) =>
      using(named('read', Key), ({ client, direct, sdk }) =>
        direct.ask<OpenedObject>(
          {
            method: 'GET',
            key: Key,
            headers: IfMatch === undefined ? {} : { 'if-match': IfMatch },
            signal: abortSignal,
          },
          ({ headers, body }) => ({
            contentType: headers['content-type'],
            metadata: metadataIn(headers),
            content: readable(body, named('read', Key)),
          }),
          async () => {
            const command = new sdk.GetObjectCommand({ Bucket, Key, IfMatch });
            const { Body, ContentType, Metadata = {} } = await client.send(command, { abortSignal });
            const content = readable(Body as Readable, named('read', Key));
            return { contentType: ContentType, metadata: Metadata, content };
          },
        ),
      ),
    async write(Key, content, options, signal) {
      const attempt = named('write', Key);
      if (content instanceof Uint8Array)
        return using(attempt, (connected) =>
          partTarget(connected, settings, Key, options, signal).whole(content),
        );
      const watched = new WatchedContent(content, signal);
      await using(attempt, (connected) =>
        uploadInParts(partTarget(connected, settings, Key, options, signal), watched),
      ).catch((error: unknown) => {
        throw watched.failed ? watched.error : error;
      });
    },
    copy: (from, key) =>
      using(named('copy', from.key), (connected) => copyObject(connected, settings, from, key)),
    // S3 deletes whatever is there: what was replaced just now is looked for before.
    async delete(Key, version) {
      if (version !== undefined) {
        const there = await head(Key).catch((error: ObjectFailure) => {
          if (error.kind !== 'gone') throw error;
        });
        if (there === undefined) return;
        if (there.ETag !== version) throw new ObjectFailure('changed', `${Key} has changed`);
      }
      await using(named('delete', Key), ({ client, sdk }) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket, Key })),
      );
    },
    deleteMany: (keys) =>
      using('delete objects', async ({ client, sdk }) => {
        const Objects = keys.map((Key) => ({ Key }));
        const all = new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
        // Not every server knows this one, or all that it may say: those that are left are asked for one by one.
        const { Errors } = await client.send(all).catch(() => ({ Errors: Objects }));
        for (const { Key } of Errors ?? []) await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
      }),
    async tag(Key, tags, version) {
      if ((await head(Key)).ETag !== version) throw new ObjectFailure('changed', `${Key} has changed`);
      const TagSet = Object.entries(tags).map(([name, value]) => ({ Key: name, Value: value }));
      await using(named('tag', Key), ({ client, sdk }) =>
        client.send(new sdk.PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } })),
      );
    },
    link: (Key, { expiresAtMs, contentType }) =>
      using(named('make a link to', Key), async ({ client, sdk }) => {
        const { getSignedUrl } = await clientLibrary(
          '@aws-sdk/s3-request-presigner',
          () => import('@aws-sdk/s3-request-presigner'),
        );
        const command = new sdk.GetObjectCommand({ Bucket, Key, ResponseContentType: contentType });
        const expiresIn = Math.max(1, Math.floor((expiresAtMs - Date.now()) / 1000));
        return getSignedUrl(client, command, { expiresIn });
      }),
    abandonUploads: (Prefix, isOurs, before) =>
      using('list uploads', async ({ client, sdk }) => {
        const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix }));
        for (const { Key = '', UploadId, Initiated } of Uploads)
          if (isOurs(Key) && (Initiated?.getTime() ?? 0) < before)
            await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }),
    close: () =>
      void connecting
        ?.then(({ client, patient }) => {
          client.destroy();
          patient.destroy();
        })
        .catch(() => undefined),
  };
}

async function connect(settings: S3Settings): Promise<Connected> {
  const sdk = await clientLibrary('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
  // The steps of each command are put in order once.
  const client: S3Client = new sdk.S3Client({ ...s3ClientConfig(settings), cacheMiddleware: true });
  const direct = new DirectRequests(client);
  // Contents have hashes of their own: another one over every part would be for nothing. Requests without content stay signed as they are.
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as SdkRequest;
      direct.learn(request, args.input as { readonly Bucket?: string; readonly Key?: string });
      if (request.body instanceof Uint8Array) request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'unsignedContent' },
  );
  const { credentials, region } = client.config;
  const patient = new sdk.S3Client({ ...s3ClientConfig(settings, patientMs), credentials, region });
  return { client, direct, patient, sdk };
}

interface Listed {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}

function found({ Key = '', Size = 0, LastModified, ETag = '' }: Listed): BucketObject {
  return { key: Key, size: Size, modifiedMs: LastModified?.getTime() ?? 0, version: ETag };
}

const metadataPrefix = 'x-amz-meta-';

function metadataIn(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith(metadataPrefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(metadataPrefix.length), value]));
}

async function* readable(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
  attempt: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw objectFailure('failed', attempt, error);
  } finally {
    body.destroy();
  }
}
