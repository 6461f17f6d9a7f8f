// What a bucket of S3 is configured with, and what that means for its client.
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { SignerHash } from './s3-hash.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region?: string;
  /** Of a server that speaks S3; AWS itself when absent. */
  readonly endpoint?: string;
  /** The bucket in the path instead of the host name; on by default with an endpoint. */
  readonly pathStyle?: boolean;
  /** Both or none: without them the SDK's own chain decides (environment, profile, web identity, instance). */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** `AES256`, or the id of a KMS key. */
  readonly encryption?: string;
}

const silenceMs = 120_000;
/** {@link s3ClientConfig} for requests that a server may take long to answer. */
export const patientMs = 1_800_000;

/** `silence`: how long a connection may say nothing, in milliseconds. */
export function s3ClientConfig(settings: S3Settings, silence = silenceMs): S3ClientConfig {
  const { region, endpoint, pathStyle, accessKeyId, secretAccessKey, sessionToken } = settings;
  return {
    ...(region === undefined ? (endpoint === undefined ? {} : { region: 'us-east-1' }) : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    // Not every server knows the newer checksums; contents are held against their SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Asking before every part is sent takes a round trip and a connection of its own.
    expectContinueHeader: false,
    maxAttempts: 3,
    sha256: SignerHash,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: silence },
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : {
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }),
  };
}
