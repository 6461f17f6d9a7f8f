// What the manifest says about an HTTP consumer and producer; the schema is schemas/connectors/http.schema.json.
import type { ClientTls, OutgoingAuth } from '../../engine/connector/http/index.ts';

export type IncomingAuth =
  | { readonly type: 'bearer'; readonly token: string | readonly string[] }
  | { readonly type: 'basic'; readonly username: string; readonly password: string | readonly string[] }
  | {
      readonly type: 'hmac';
      readonly header: string;
      readonly secret: string | readonly string[];
      readonly algorithm?: 'sha256' | 'sha1' | 'sha512';
      readonly encoding?: 'hex' | 'base64';
      readonly prefix?: string;
    }
  | {
      readonly type: 'standard-webhooks';
      readonly secret: string | readonly string[];
      readonly tolerance?: string;
    };

export interface HttpConsumerConfig {
  readonly path: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly methods?: readonly string[];
  readonly maxSize?: string;
  readonly contentTypes?: readonly string[];
  readonly headers?: readonly string[];
  readonly id?: string;
  readonly auth?: IncomingAuth;
  readonly maxInFlight?: number;
  readonly requestTimeout?: string;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export interface HttpProducerConfig {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly auth?: OutgoingAuth;
  readonly timeout?: string;
  readonly success?: readonly number[];
  readonly retry?: readonly number[];
  readonly redirects?: number;
  readonly allowHosts?: readonly string[];
  readonly allowPrivate?: boolean;
  readonly encodeUrl?: boolean;
  readonly idempotencyHeader?: string | false;
  readonly maxConcurrency?: number;
  readonly tls?: ClientTls;
}

/** What a lookup shares with a producer, and what it makes of answers. */
export interface HttpLookupConfig extends Omit<HttpProducerConfig, 'success' | 'idempotencyHeader'> {
  readonly missing?: readonly number[];
  readonly maxSize?: string;
}
