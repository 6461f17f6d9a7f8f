// What tests and benchmarks do to an S3 server beside what the engine does: make buckets, and upload with a bare request.
import type { S3Server } from './s3-servers.ts';

export async function createS3Bucket({ settings }: S3Server, Bucket: string): Promise<void> {
  await using(settings, async ({ client, CreateBucketCommand }) => {
    await client.send(new CreateBucketCommand({ Bucket }));
  });
}

/** A URL that content can be put to with any HTTP client, for an hour. */
export async function s3PutUrl({ settings }: S3Server, Bucket: string, Key: string): Promise<string> {
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  return using(settings, ({ client, PutObjectCommand }) =>
    getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), { expiresIn: 3600 }),
  );
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
