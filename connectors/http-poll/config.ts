// What the manifest says about a poller; the schema is schemas/connectors/http-poll.schema.json.
import type { ClientTls, OutgoingAuth } from '../../engine/connector/http/index.ts';

export interface HttpPollConfig {
  readonly url: string;
  readonly every?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly runAtStart?: boolean;
  readonly once?: boolean;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly auth?: OutgoingAuth;
  readonly items?: string;
  readonly id?: string;
  readonly emit?: 'changed' | 'all';
  readonly timeout?: string;
  readonly maxSize?: string;
  readonly redirects?: number;
  readonly allowPrivate?: boolean;
  readonly tls?: ClientTls;
}
