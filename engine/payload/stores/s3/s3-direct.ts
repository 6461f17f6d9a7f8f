// The requests that small objects are written and read with, without the thirty steps that the SDK takes around each: they cost three times as much
// as what they do. Its signer signs these, over its connections; whatever is not answered as it should be is left to the SDK.
import type { S3Client } from '@aws-sdk/client-s3';

export interface DirectRequest {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

export interface DirectAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> & { destroy(): void };
}

/** Where the bucket is: what stands in front of its keys. */
interface Place {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

/** Of a request by the SDK, as the step `build` sees it. */
export interface SdkRequest extends Place {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** A server that answers the SDK and not us is asked by the SDK alone for this long. */
const distrustMs = 60_000;

export class DirectRequests {
  readonly #client: S3Client;
  #place: Place | undefined;
  #signer: ReturnType<S3Client['config']['signer']> | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** The SDK knows how buckets are reached. Those with sessions and access points of their own are left to it. */
  learn(
    { protocol, hostname, port, path }: SdkRequest,
    { Bucket, Key }: { readonly Bucket?: string | undefined; readonly Key?: string | undefined },
  ): void {
    if (this.#place !== undefined || Key === undefined || Bucket === undefined) return;
    const end = escaped(Key);
    if (!/^[a-z0-9.-]+$/.test(Bucket) || /--x[a-z]?-s3$/.test(Bucket) || !path.endsWith(`/${end}`)) return;
    this.#place = {
      protocol,
      hostname,
      ...(port === undefined ? {} : { port }),
      path: path.slice(0, -end.length),
    };
  }

  /** What `use` makes of the answer, whose body is not read yet; or what the SDK answers, when it has to be asked. */
  async ask<T>(
    request: DirectRequest,
    use: (answer: DirectAnswer) => T | Promise<T>,
    bySdk: () => Promise<T>,
  ): Promise<T> {
    const place = performance.now() < this.#notBefore ? undefined : this.#place;
    const answer = place === undefined ? undefined : await this.#send(request, place);
    if (answer !== undefined) return use(answer);
    const result = await bySdk();
    if (place !== undefined) this.#notBefore = performance.now() + distrustMs;
    return result;
  }

  async #send(
    { method, key, headers, body, signal }: DirectRequest,
    place: Place,
  ): Promise<DirectAnswer | undefined> {
    const { config } = this.#client;
    const request = {
      ...place,
      method,
      path: place.path + escaped(key),
      query: {},
      headers: {
        host: place.port === undefined ? place.hostname : `${place.hostname}:${place.port}`,
        // Content has a hash of its own.
        'x-amz-content-sha256': body === undefined ? emptyHash : 'UNSIGNED-PAYLOAD',
        ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
        ...headers,
      },
      body,
    };
    try {
      this.#signer ??= config.signer();
      const signed = await (await this.#signer).sign(request as never, {
        signingDate: new Date(Date.now() + config.systemClockOffset),
      });
      const { response } = await config.requestHandler.handle(signed as never, { abortSignal: signal });
      const answer = response.body as DirectAnswer['body'];
      if (response.statusCode === 200) return { headers: response.headers, body: answer };
      answer.destroy();
    } catch {
      // The SDK tries again, and says what is wrong.
    }
    return undefined;
  }
}

/** As the SDK writes keys into paths. */
function escaped(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}
