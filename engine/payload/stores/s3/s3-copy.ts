// Copies objects within a bucket of S3: those over 5 GiB by ranges, as the service wants it.
import type { BucketObject } from '../object-bucket.ts';
import type { Connected } from './s3-parts.ts';
import type { S3Settings } from './s3-settings.ts';

const gibibyte = 1024 ** 3;
const limits = { whole: 5 * gibibyte, range: gibibyte };

/** Rejects when another version of the object is there by now. What has to be said of the object goes along, also in ranges. */
export async function copyObject(
  { client, patient, sdk }: Omit<Connected, 'direct'>,
  { bucket: Bucket }: S3Settings,
  { key, version, size }: BucketObject,
  Key: string,
  { whole, range } = limits,
): Promise<void> {
  const CopySource = `${Bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const source = { CopySource, CopySourceIfMatch: version };
  if (size <= whole) {
    await patient.send(new sdk.CopyObjectCommand({ Bucket, Key, ...source }));
    return;
  }
  const { ContentType, Metadata } = await client.send(new sdk.HeadObjectCommand({ Bucket, Key: key }));
  const begin = new sdk.CreateMultipartUploadCommand({ Bucket, Key, ContentType, Metadata });
  const { UploadId } = await client.send(begin);
  try {
    const Parts: { readonly ETag: string | undefined; readonly PartNumber: number }[] = [];
    for (let from = 0; from < size; from += range) {
      const PartNumber = Parts.length + 1;
      const CopySourceRange = `bytes=${from}-${Math.min(from + range, size) - 1}`;
      const part = { Bucket, Key, UploadId, PartNumber, CopySourceRange, ...source };
      const { CopyPartResult } = await patient.send(new sdk.UploadPartCopyCommand(part));
      Parts.push({ ETag: CopyPartResult?.ETag, PartNumber });
    }
    const MultipartUpload = { Parts };
    await patient.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    throw error;
  }
}
