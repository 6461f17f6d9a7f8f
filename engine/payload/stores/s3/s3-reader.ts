// Reads objects that others put into an S3 bucket: manifests, say. Payloads have a store of their own.
import { clientLibrary } from '../client-library.ts';
import { type S3Settings, s3ClientConfig } from './s3-settings.ts';

export interface FoundObject {
  readonly key: string;
  readonly size: number;
  /** Changes with the content. */
  readonly etag: string;
}

/** What is needed of an object store. */
export interface ObjectReader {
  list(signal: AbortSignal): AsyncIterable<FoundObject>;
  read(key: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** Reads what lies below the prefix of an S3 bucket; keys are given without it. */
export function s3Reader(settings: S3Settings & { readonly prefix?: string }): ObjectReader {
  const { bucket: Bucket, prefix = '' } = settings;
  const connect = async () => {
    const sdk = await clientLibrary('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
    return { sdk, client: new sdk.S3Client(s3ClientConfig(settings)) };
  };
  let connected: ReturnType<typeof connect> | undefined;
  const open = () => {
    connected ??= connect();
    return connected;
  };
  return {
    async *list(abortSignal) {
      const { sdk, client } = await open();
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }, { abortSignal });
      for await (const { Contents = [] } of pages)
        for (const { Key = '', Size = 0, ETag = '' } of Contents)
          yield { key: Key.slice(prefix.length), size: Size, etag: ETag };
    },
    async read(key, abortSignal) {
      const { sdk, client } = await open();
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key: prefix + key }), {
        abortSignal,
      });
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
  };
}
