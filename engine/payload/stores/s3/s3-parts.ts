// How content gets into S3: in one request, or in the parts of an upload that is finished or aborted.
import type { S3Client } from '@aws-sdk/client-s3';
import type { WriteOptions } from '../object-bucket.ts';
import type { PartTarget } from '../upload-parts.ts';
import type { DirectAnswer, DirectRequests } from './s3-direct.ts';
import type { S3Settings } from './s3-settings.ts';

/** A client with the library it comes from. */
export interface Connected {
  readonly client: S3Client;
  readonly direct: DirectRequests;
  /** For what the server copies by itself: some say nothing before they are through with gigabytes. */
  readonly patient: S3Client;
  readonly sdk: typeof import('@aws-sdk/client-s3');
}

/** Tidying up must not hold up whoever has failed; what is left is abandoned by the sweeper. */
const abortMs = 5_000;

export function partTarget(
  { client, direct, patient, sdk }: Connected,
  { bucket: Bucket, encryption }: S3Settings,
  Key: string,
  { contentType, metadata }: WriteOptions,
  abortSignal: AbortSignal,
): PartTarget<string | undefined> {
  const object = {
    Bucket,
    Key,
    ...encryptionOf(encryption),
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(metadata === undefined ? {} : { Metadata: { ...metadata } }),
  };
  return {
    async whole(Body) {
      const put = async () => {
        await client.send(new sdk.PutObjectCommand({ ...object, Body }), { abortSignal });
      };
      // The SDK knows how to write down what else is to be said of an object.
      if (contentType !== undefined || metadata !== undefined) return put();
      const headers = { 'content-type': 'application/octet-stream', ...encryptionHeaders(encryption) };
      const request = { method: 'PUT', key: Key, headers, body: Body, signal: abortSignal } as const;
      return direct.ask(request, drain, put);
    },
    async begin() {
      const { UploadId = '' } = await client.send(new sdk.CreateMultipartUploadCommand(object), {
        abortSignal,
      });
      return UploadId;
    },
    async part(UploadId, PartNumber, Body) {
      const command = new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      return (await client.send(command, { abortSignal })).ETag;
    },
    async complete(UploadId, tags) {
      const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      await patient.send(
        new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
        { abortSignal },
      );
    },
    async abort(UploadId) {
      const command = new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
      await client.send(command, { abortSignal: AbortSignal.timeout(abortMs) }).catch(() => undefined);
    },
  };
}

/** So that the connection can be used again. */
async function drain({ body }: DirectAnswer): Promise<void> {
  for await (const _chunk of body);
}

function encryptionHeaders(encryption: S3Settings['encryption']): Readonly<Record<string, string>> {
  if (encryption === undefined) return {};
  const name = 'x-amz-server-side-encryption';
  if (encryption === 'AES256') return { [name]: encryption };
  return { [name]: 'aws:kms', [`${name}-aws-kms-key-id`]: encryption };
}

function encryptionOf(encryption: S3Settings['encryption']) {
  if (encryption === undefined) return {};
  if (encryption === 'AES256') return { ServerSideEncryption: 'AES256' } as const;
  return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryption } as const;
}
