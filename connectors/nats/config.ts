// What the manifest says about a NATS consumer and producer; the schema is schemas/connectors/nats.schema.json.

/** Where the servers are and how to be let in. */
export interface NatsAccess {
  readonly servers: string | readonly string[];
  readonly credentials?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

export interface NatsConsumerConfig extends NatsAccess {
  readonly subject: string;
  readonly queue?: string;
  readonly stream?: string;
  readonly durable?: string;
  readonly deliver?: 'all' | 'new' | 'last';
  readonly ackWait?: string;
  readonly contentType?: string;
}

export interface NatsProducerConfig extends NatsAccess {
  readonly subject: string;
  readonly jetstream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}
