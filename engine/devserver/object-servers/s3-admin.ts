// What tests and benchmarks do to an S3 server beside what the engine does: make buckets, and use objects with bare requests.
import type { S3Server } from './s3-servers.ts';

export async function createS3Bucket({ settings }: S3Server, Bucket: string): Promise<void> {
  await using(settings, async ({ client, CreateBucketCommand }) => {
    await client.send(new CreateBucketCommand({ Bucket }));
  });
}

/** What any HTTP client can use an object by, for an hour. */
export interface S3Urls {
  readonly put: string;
  readonly get: string;
  readonly delete: string;
}

export async function s3Urls(
  { settings }: S3Server,
  Bucket: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, S3Urls>> {
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  return using(settings, async ({ client, PutObjectCommand, GetObjectCommand, DeleteObjectCommand }) => {
    const urls = new Map<string, S3Urls>();
    const options = { expiresIn: 3600 };
    for (const Key of keys)
      urls.set(Key, {
        put: await getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), options),
        get: await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), options),
        delete: await getSignedUrl(client, new DeleteObjectCommand({ Bucket, Key }), options),
      });
    return urls;
  });
}

async function using<T>(
  { endpoint = '', region = '', accessKeyId = '', secretAccessKey = '' }: S3Server['settings'],
  work: (
    sdk: typeof import('@aws-sdk/client-s3') & {
      readonly client: InstanceType<typeof import('@aws-sdk/client-s3').S3Client>;
    },
  ) => Promise<T>,
): Promise<T> {
  const sdk = await import('@aws-sdk/client-s3');
  const credentials = { accessKeyId, secretAccessKey };
  const client = new sdk.S3Client({
    ...{ endpoint, region, credentials, forcePathStyle: true },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  try {
    return await work({ ...sdk, client });
  } finally {
    client.destroy();
  }
}
