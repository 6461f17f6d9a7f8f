// What the errors of S3 mean.
import { type FailureKind, ObjectFailure } from '../object-bucket.ts';

const byName: Readonly<Record<string, FailureKind>> = {
  NoSuchKey: 'gone',
  NotFound: 'gone',
  NoSuchBucket: 'missing',
  PreconditionFailed: 'changed',
  AccessDenied: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredToken: 'denied',
  ExpiredTokenException: 'denied',
  InvalidAccessKeyId: 'denied',
  InvalidToken: 'denied',
  SignatureDoesNotMatch: 'denied',
  TokenRefreshRequired: 'denied',
  EntityTooLarge: 'invalid',
  InvalidArgument: 'invalid',
  InvalidTag: 'invalid',
  KeyTooLongError: 'invalid',
  MetadataTooLarge: 'invalid',
};

const byStatus: Readonly<Record<number, FailureKind>> = {
  401: 'denied',
  403: 'denied',
  404: 'gone',
  412: 'changed',
};

export function failureKind(error: unknown): FailureKind {
  if (error instanceof ObjectFailure) return error.kind;
  const { name, Code, $metadata } = error as {
    readonly name?: string;
    readonly Code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return byName[Code ?? ''] ?? byName[name ?? ''] ?? byStatus[$metadata?.httpStatusCode ?? 0] ?? 'failed';
}
