// What connectors that speak HTTP share. Apart from the SDK proper, so that other connectors do not load an HTTP client.

export {
  acceptedEncodings,
  type Decoded,
  decodeContentEncoding,
  isIdentity,
  isKnownEncoding,
} from './content-encoding.ts';
export {
  type Authenticate,
  authRedactor,
  compileAuth,
  type OutgoingAuth,
  type Signable,
} from './credentials.ts';
export { type ExchangeAnswer, requestLine } from './exchange.ts';
export { HttpClient, type HttpClientOptions, type HttpRequest } from './http-client.ts';
export { parseRetryAfter } from './retry-after.ts';
export {
  type HmacScheme,
  hmacDigest,
  hmacKey,
  standardWebhooksDigest,
  standardWebhooksKey,
} from './signature.ts';
export { type ClientTls, readTlsFiles } from './tls-files.ts';
