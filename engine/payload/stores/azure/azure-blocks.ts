// How content gets into Azure Blob Storage: in one request, or in blocks that are put together at the end.
import type { BlockBlobClient } from '@azure/storage-blob';
import type { WriteOptions } from '../object-bucket.ts';
import type { PartTarget } from '../upload-parts.ts';

/** Tidying up must not hold up whoever has failed; what is left the service drops after a week. */
const abortMs = 5_000;

export function blockTarget(
  blob: BlockBlobClient,
  { contentType, metadata, own = false }: WriteOptions,
  abortSignal: AbortSignal,
): PartTarget<string> {
  const options = {
    abortSignal,
    ...(contentType === undefined ? {} : { blobHTTPHeaders: { blobContentType: contentType } }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  };
  return {
    async whole(bytes) {
      await blob.upload(bytes, bytes.byteLength, options);
    },
    begin: () => Promise.resolve(''),
    async part(_upload, number, bytes) {
      const id = Buffer.from(String(number).padStart(8, '0')).toString('base64');
      await blob.stageBlock(id, bytes, bytes.byteLength, { abortSignal });
      return id;
    },
    async complete(_upload, ids) {
      await blob.commitBlockList([...ids], options);
    },
    /** An empty blob takes the place of the blocks, and is deleted. Where others may write the blob, the service drops the blocks later. */
    async abort() {
      if (!own) return;
      const bounded = { abortSignal: AbortSignal.timeout(abortMs) };
      await blob
        .upload('', 0, bounded)
        .then(() => blob.deleteIfExists(bounded))
        .catch(() => undefined);
    },
  };
}
